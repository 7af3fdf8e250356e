"""The hosted ReportTemplates."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from msgspec import UNSET

from backoffice.contracts import report_templates as contract
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid, NotFound
from backoffice.contracts.paging import COUNT_CAP, Page
from backoffice.contracts.report_templates import NEXT_RUNS, PlannedRun, SchedulePlan, SkippedRun, TemplateChange, TemplateDraft, TemplateState
from backoffice.contracts.value import Versioned
from backoffice.core import audit, ids, keyset, versions
from backoffice.reports import asking, queue, sources, timing, views
from backoffice.reports.asking import Wanted
from backoffice.reports.models import Report, Skip, Template
from backoffice.reports.scheduling import take_due
from backoffice.reports.sources import KINDS

__all__ = ["create", "delete", "find", "get", "plan", "run", "skipped", "take_due", "update"]

SKIPS_MOST = 100
TAKEN = "another template has this name"


def find(actor: Actor, query: contract.TemplateQuery) -> Page[TemplateState]:
    matching = _seen(actor).filter(deleted_at=None)
    if query.search:
        matching = matching.filter(name__icontains=query.search)
    if query.sources is not None:
        matching = matching.filter(source__in=query.sources)
    if query.is_scheduled is not None:
        matching = matching.filter(frequency__isnull=not query.is_scheduled)
    ordered = matching.order_by("name", "id")
    if query.after is not None:
        name, last = keyset.read(query.after, 2)
        ordered = ordered.filter(name__gte=name).exclude(name=name, id__lte=ids.known(last))
    found = list(ordered[: query.limit + 1])
    shown = found[: query.limit]
    total, is_exceeded = keyset.counted(matching[: COUNT_CAP + 1].count())
    following = keyset.cursor(shown[-1].name, str(shown[-1].pk)) if len(found) > len(shown) else None
    return Page(items=_states(shown), next=following, total=total, is_exceeded=is_exceeded)


def get(actor: Actor, template_id: str) -> Versioned[TemplateState]:
    row = _one(actor, template_id, is_deleted=None)
    return Versioned(value=_states([row])[0], version=row.version)


def create(actor: Actor, draft: TemplateDraft) -> contract.TemplateCreated:
    now = timezone.now()
    wanted = asking.template(actor, draft, at=now)
    if _is_taken(draft.template_name):
        raise Conflict(f"{draft.template_name} is taken.", code="name_taken", fields={"templateName": [TAKEN]})
    own = {"maker_kind": actor.kind, "maker_id": actor.id, "created_by": actor.name, "created_at": now}
    row = Template.objects.create(id=uuid4(), **own, **_columns(actor, draft, wanted, now))
    audit.changed(actor, "report_template", str(row.pk), {}, _state(row))
    return contract.TemplateCreated(id=str(row.pk))


def update(actor: Actor, template_id: str, change: TemplateChange, *, version: int | None = None) -> None:
    if change.template_id not in (None, template_id):
        raise Invalid("The template is not valid.", fields={"templateId": ["is another than that of the path"]})
    row = _lock(actor, template_id, version)
    now = timezone.now()
    wanted = asking.template(actor, change, at=now)
    if _is_taken(change.template_name, but=row):
        raise Invalid(f"{change.template_name} is taken.", code="name_taken", fields={"templateName": [TAKEN]})
    before = _state(row)
    Template.objects.filter(pk=row.pk).update(version=F("version") + 1, trouble=None, **_columns(actor, change, wanted, now))
    row.refresh_from_db()
    audit.changed(actor, "report_template", str(row.pk), before, _state(row))


def delete(actor: Actor, template_id: str, *, version: int | None = None) -> None:
    row = _lock(actor, template_id, version)
    gone: dict[str, Any] = {"deleted_at": Now(), "deleted_by": actor.name, "version": F("version") + 1}
    Template.objects.filter(pk=row.pk).update(**gone, next_due_at=None)
    audit.changed(actor, "report_template", str(row.pk), _state(row), {})


def run(actor: Actor, template_id: str, *, only_to: str | None = None) -> contract.TemplateRun:
    """`only_to`: whom it is mailed to instead of its recipients."""
    row = _one(actor, template_id)
    KINDS[row.source].permit(actor)
    now = timezone.now()
    window = timing.window(row.window, timing.by_hand(now, row.time_zone), row.time_zone, views.rule(row))
    asked = queue.asked(row) | ({} if only_to is None else {"notify_emails": [only_to]})
    return contract.TemplateRun(report_id=str(queue.put(actor, row.name, asked, window, at=now, template=row).pk))


def plan(actor: Actor, plan: SchedulePlan) -> list[PlannedRun]:  # noqa: ARG001  verbs are told who asks
    if faults := asking.schedule_faults(plan.schedule):
        raise Invalid("The schedule is not valid.", fields=faults)
    rule = asking.rule(plan.schedule, asking.zone_of(None, plan.schedule))
    kind = timing.default_window(plan.schedule.frequency, len(plan.schedule.days_of_week)) if plan.window is UNSET else plan.window
    return views.next_runs(rule, kind, timezone.now(), NEXT_RUNS)


def skipped(actor: Actor, template_id: str) -> list[SkippedRun]:
    row = _one(actor, template_id, is_deleted=None)
    found = Skip.objects.filter(template=row).order_by("-due_at")[:SKIPS_MOST]
    return [SkippedRun(due_at=one.due_at, window_from=one.window_from, window_to=one.window_to, noted_at=one.noted_at) for one in found]


def _columns(actor: Actor, draft: TemplateDraft, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """It is made in the name of whoever wrote it so."""
    schedule = draft.schedule
    due = None if schedule is None else timing.next_due(asking.rule(schedule, wanted.zone), now)
    return wanted.columns | {
        "name": draft.template_name,
        "frequency": None if schedule is None else schedule.frequency,
        "base_at": None if schedule is None else schedule.base_date,
        "days_of_week": [] if schedule is None else list(schedule.days_of_week),
        "next_due_at": due and due.at,
        "owner_kind": actor.kind,
        "owner_id": actor.id,
        "owner_name": actor.name,
        "updated_at": now,
        "updated_by": actor.name,
    }


def _seen(actor: Actor) -> QuerySet[Template]:
    own = Q(source__in=sources.seen_by(actor), owner_kind=actor.kind, owner_id=actor.id)
    return Template.objects.filter(Q(source__in=sources.seen_whole(actor)) | own)


def _one(actor: Actor, template_id: str, *, is_deleted: bool | None = False) -> Template:
    """Refuses: NotFound."""
    found = _seen(actor).filter(pk=ids.known(template_id)).first()
    if found is None or (is_deleted is False and found.deleted_at is not None):
        raise NotFound(f"There is no report template {template_id}.")
    return found


def _lock(actor: Actor, template_id: str, version: int | None) -> Template:
    """Refuses: NotFound, Stale."""
    return versions.lock(_seen(actor).filter(deleted_at=None), ids.known(template_id), version=version, name="report template")


def _is_taken(name: str, *, but: Template | None = None) -> bool:
    named = Template.objects.filter(name=name, deleted_at=None)
    return (named if but is None else named.exclude(pk=but.pk)).exists()


def _state(row: Template) -> dict[str, str | None]:
    return audit.as_state(views.as_template(row), without=("id", "createdAt", "createdBy", "updatedAt", "updatedBy", "deletedAt", "deletedBy")) | {
        "owner": row.owner_name
    }


def _states(rows: list[Template]) -> list[TemplateState]:
    """With the newest report of each."""
    newest = list(Report.objects.filter(template__in=rows, deleted_at=None).order_by("template_id", "-created_at").distinct("template_id"))
    last = {report.template_id: state for report, state in zip(newest, views.states(newest), strict=True)}
    now = timezone.now()
    return [views.as_template_state(row, last.get(row.pk), _next_runs(row, now)) for row in rows]


def _next_runs(row: Template, now: datetime) -> list[PlannedRun]:
    return [] if row.deleted_at is not None else views.next_runs(views.rule(row), row.window, now, NEXT_RUNS)
