"""Reports as they are looked at. Those of rows that the actor could not see elsewhere are absent."""

from django.db.models import Q, QuerySet

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.paging import COUNT_CAP, Page
from backoffice.contracts.reports import ReportQuery, ReportState
from backoffice.core import ids, keyset
from backoffice.reports import sources, views
from backoffice.reports.models import Delivery, Report


def find(actor: Actor, query: ReportQuery) -> Page[ReportState]:
    matching = seen(actor)
    if query.search:
        matching = matching.filter(Q(name__icontains=query.search) | Q(template_name__icontains=query.search))
    if query.statuses is not None:
        matching = matching.filter(status__in=query.statuses)
    if query.sources is not None:
        matching = matching.filter(source__in=query.sources)
    if query.template_id is not None:
        matching = matching.filter(template_id=ids.known(query.template_id))
    if query.mail_failed_since is not None:
        failed = Delivery.objects.filter(state="Failed", finished_at__gte=query.mail_failed_since)
        matching = matching.filter(pk__in=failed.values("report"))
    ordered = matching.order_by("-created_at", "id")
    if query.after is not None:
        at, last = keyset.read(query.after, 2)
        since = keyset.instant(at)
        ordered = ordered.filter(created_at__lte=since).exclude(created_at=since, id__lte=ids.known(last))
    found = list(ordered[: query.limit + 1])
    shown = found[: query.limit]
    total, is_exceeded = keyset.counted(matching[: COUNT_CAP + 1].count())
    following = keyset.cursor(shown[-1].created_at.isoformat(), str(shown[-1].pk)) if len(found) > len(shown) else None
    return Page(items=views.states(shown), next=following, total=total, is_exceeded=is_exceeded)


def get(actor: Actor, report_id: str) -> ReportState:
    return views.states([one(actor, report_id)])[0]


def one(actor: Actor, report_id: str, *, is_locked: bool = False) -> Report:
    """Refuses: NotFound."""
    rows = seen(actor).select_for_update(of=("self",)) if is_locked else seen(actor)
    found = rows.filter(pk=ids.known(report_id)).first()
    if found is None:
        raise NotFound(f"There is no report {report_id}.")
    return found


def seen(actor: Actor) -> QuerySet[Report]:
    own = Q(source__in=sources.seen_by(actor), owner_kind=actor.kind, owner_id=actor.id)
    return Report.objects.filter(Q(source__in=sources.seen_whole(actor)) | own, deleted_at=None)
