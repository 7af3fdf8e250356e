"""Change sets as they are looked at: the list, one with its differences, and the rows of its impact."""

from django.db.models import F, Q
from django.db.models.functions import Abs

from backoffice.commission_changes import views
from backoffice.commission_changes.models import ChangeSet, ImpactRow
from backoffice.contracts import commission_changes as contract
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.paging import COUNT_CAP, Page
from backoffice.contracts.value import Versioned
from backoffice.core import ids, keyset

BOOKS = ("edits", "before", "after")


def find(actor: Actor, query: contract.ChangeSetQuery) -> Page[contract.ChangeSet]:  # noqa: ARG001  verbs are told who asks
    matching = ChangeSet.objects.filter(**({} if query.status is None else {"status": query.status}))
    ordered = matching.defer(*BOOKS).order_by("-created_at", "id")
    if query.after is not None:
        at, last = keyset.read(query.after, 2)
        since, known = keyset.instant(at), ids.known(last)
        ordered = ordered.filter(created_at__lte=since).exclude(created_at=since, id__lte=known)
    found = list(ordered[: query.limit + 1])
    shown = found[: query.limit]
    totals = views.totals(shown)
    total, is_exceeded = keyset.counted(matching[: COUNT_CAP + 1].count())
    return Page(
        items=[views.as_change_set(row, totals.get(row.pk)) for row in shown],
        next=keyset.cursor(shown[-1].created_at.isoformat(), str(shown[-1].pk)) if len(found) > len(shown) else None,
        total=total,
        is_exceeded=is_exceeded,
    )


def get(actor: Actor, change_set_id: str) -> Versioned[contract.ChangeSetDetail]:  # noqa: ARG001  verbs are told who asks
    row = one(change_set_id)
    return Versioned(value=views.as_detail(row, views.totals([row]).get(row.pk)), version=row.version)


def impact(actor: Actor, change_set_id: str, query: contract.ImpactQuery) -> contract.Impact:  # noqa: ARG001  verbs are told who asks
    row = one(change_set_id)
    difference = Abs(F("new_rat") - F("old_rat"))
    ordered = ImpactRow.objects.filter(change_set=row, kind=query.kind).annotate(difference=difference).order_by("-difference", "key")
    if query.after is not None:
        (key,) = keyset.read(query.after, 1)
        last = ordered.filter(key=key).first()
        if last is None:
            raise keyset.foreign()
        ordered = ordered.filter(Q(difference__lt=last.difference) | Q(difference=last.difference, key__gt=key))
    found = list(ordered[: query.limit + 1])
    shown = found[: query.limit]
    return contract.Impact(
        summary=views.as_summary(row, views.totals([row]).get(row.pk)),
        rows=[views.as_impact_row(found) for found in shown],
        next=keyset.cursor(shown[-1].key) if len(found) > len(shown) else None,
    )


def one(change_set_id: str) -> ChangeSet:
    """Refuses: NotFound."""
    found = ChangeSet.objects.filter(pk=ids.known(change_set_id)).first()
    if found is None:
        raise NotFound(f"There is no change set {change_set_id}.")
    return found
