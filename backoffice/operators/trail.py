"""The desk's Audit: reading the trail, newest first, in two queries a page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import AuditChange, AuditRecord, Taken
from backoffice.core import audit, models, reach
from backoffice.operators.as_of import as_of
from backoffice.operators.seeing import refuse_unseen, seen_with

__all__ = ["as_of", "find", "latest", "timeline", "took", "touched"]
SHOWN_CHANGES = 20
# How far apart the times of two records may be whose ids are the other way round.
SIDE_BY_SIDE = timedelta(minutes=10)
BEHIND_ALL = 2**62
LONGEST_PAGE = 200


def find(
    actor: Actor,  # noqa: ARG001  verbs are told who asks
    *,
    object_type: str | None = None,
    object_id: str | None = None,
    actor_name: str | None = None,
    action: str | None = None,
    door: str | None = None,
    trace_id: str | None = None,
    reason: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditRecord]:
    """Of an object or a type asked for, only its own changes are shown, and the file that brought them; `change_count` counts all of the record."""
    of = (Q() if object_type is None else Q(object_type=object_type)) & (Q() if object_id is None else Q(object_id=object_id))
    rows = _between(start, end)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if actor_name is not None:
        rows = rows.filter(actor_name=actor_name)
    if action is not None:
        rows = rows.filter(action=action)
    if door is not None:
        rows = rows.filter(door=door)
    if trace_id is not None:
        rows = rows.filter(trace_id=trace_id)
    if reason is not None:
        rows = rows.exclude(reason="").filter(reason__icontains=reason)
    if object_id is not None:
        # Through the index by object: walking the trail backwards would pass millions of records of other objects.
        rows = rows.filter(pk__in=models.AuditChange.objects.filter(of).values("record"))
    elif object_type is not None:
        rows = rows.filter(Exists(models.AuditChange.objects.filter(record=OuterRef("pk"), object_type=object_type)))
    return _page(rows, of, limit)


def _between(start: datetime | None, end: datetime | None) -> QuerySet[models.AuditRecord]:
    """Ids grow with time but for changes that ran side by side: bounds of ids spare the walk there, the times settle the edges."""
    rows = models.AuditRecord.objects.all()
    if start is not None:
        first = rows.filter(at__gte=start - SIDE_BY_SIDE).order_by("at").values("pk")[:1]
        rows = rows.filter(at__gte=start, pk__gte=Coalesce(Subquery(first), BEHIND_ALL))
    if end is not None:
        last = models.AuditRecord.objects.filter(at__lte=end + SIDE_BY_SIDE).order_by("-at").values("pk")[:1]
        rows = rows.filter(at__lt=end, pk__lte=Coalesce(Subquery(last), 0))
    return rows


def timeline(
    actor: Actor, object_type: str, object_id: str, *, before: int | None = None, limit: int = 50, is_change: bool = False
) -> list[AuditRecord]:
    refuse_unseen(actor, object_type, object_id)
    of = Q(object_type=object_type, object_id=object_id)
    if is_change:
        of &= Q(read_rows=None)
    with reach.within(actor, seen_with(actor, object_type)):
        rows = models.AuditRecord.objects.filter(pk__in=models.AuditChange.objects.filter(of).values("record"))
        return _page(rows if before is None else rows.filter(pk__lt=before), of, limit)


def took(actor: Actor, action: Taken, object_type: str, object_id: str, *, rows: int, facts: Mapping[str, str | None] | None = None) -> None:
    audit.read(actor, action, object_type, object_id, rows, facts)


def latest(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    """A hint for live updates, not a cursor to page by: a long change may still commit under a smaller id."""
    return models.AuditRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def touched(actor: Actor, object_type: str, *, since: int) -> int:
    if not actor.may(needed := seen_with(actor, object_type)):
        return 0
    with reach.within(actor, needed):
        changes = models.AuditChange.objects.filter(record__gt=since, object_type=object_type, read_rows=None)
        return changes.values("object_id").distinct().count()


def _page(rows: QuerySet[models.AuditRecord], of: Q, limit: int) -> list[AuditRecord]:
    inside = models.AuditChange.objects.filter(record=OuterRef("pk"))
    count = Subquery(inside.order_by().values("record").annotate(n=Count("*")).values("n"), output_field=IntegerField())
    first = ArraySubquery(inside.filter(of and of | Q(object_type="market_file")).order_by("pk").values("pk")[:SHOWN_CHANGES])
    told = rows.order_by("-pk").annotate(change_count=Coalesce(count, 0), first=first, number=F("link__number"))
    page = list(told[: max(1, min(limit, LONGEST_PAGE))])
    changes: dict[int, list[AuditChange]] = {}
    for change in models.AuditChange.objects.filter(pk__in=[id for row in page for id in row.first]).order_by("pk"):
        changes.setdefault(change.record_id, []).append(_change(change))
    return [_record(row, changes.get(row.pk, [])) for row in page]


def _change(row: models.AuditChange) -> AuditChange:
    return AuditChange(object_type=row.object_type, object_id=row.object_id, before=row.before, after=row.after, read_rows=row.read_rows)


def _record(row: Any, changes: list[AuditChange]) -> AuditRecord:
    return AuditRecord(
        id=row.pk,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        door=row.door,
        action=row.action,
        trace_id=row.trace_id,
        reason=row.reason,
        number=row.number,
        changes=changes,
        change_count=row.change_count,
    )
