"""Report templates: the list, and the page of one with its next runs, all that became of it, and its timeline."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from msgspec import UNSET

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.report_templates import SkippedRun, Template, TemplateQuery, TemplateState
from backoffice.contracts.reports import ReportQuery, ReportSource, ReportState
from backoffice.contracts.value import Versioned
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import report_words, respond
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer
from portal.objects import Act, Tab, act
from portal.session import DeskRequest
from portal.views.reports import CELLS, MANAGE, sources

TEMPLATE = "portal/reports/template.html"
RECORDS, RUNS = 50, 100
# A worker takes what is due within seconds; what was asked for later than this was made up for a time when nobody was there.
LATE = timedelta(minutes=5)
NEW = Action(label="New template", icon="plus", url_name="portal:report-templates-create", operation=MANAGE, is_primary=True)
SCHEDULED = (("true", "On a schedule"), ("false", "By hand"))


class Run(NamedTuple):
    """One line of what became of a template: a report, or an instant for which there is none."""

    at: datetime
    report: ReportState | None
    skipped: SkippedRun | None
    late: timedelta | None


def _find(actor: Actor, state: State) -> Page[TemplateState]:
    scheduled = {"true": True, "false": False}.get(state.one("scheduled"))
    chosen = cast(list[ReportSource] | None, state.some("source"))
    query = TemplateQuery(search=state.search or None, sources=chosen, is_scheduled=scheduled, after=state.after, limit=state.size)
    return back_api().report_templates.find(actor, query)


def href(template_id: str, page: str = "show") -> str:
    return reverse(f"portal:report-templates-{page}", args=[template_id])


def zone_of(template: Template, usual: str = "UTC") -> str:
    given = template.schedule.time_zone if template.schedule and template.schedule.time_zone is not UNSET else template.time_zone
    return usual if given is UNSET else given


def _schedule(row: TemplateState) -> str:
    schedule = row.template.schedule
    return report_words.of_schedule(schedule, zone_of(row.template)) if schedule else "By hand"


TEMPLATES: Listing[TemplateState] = Listing(
    section="report-templates",
    title="Report templates",
    noun="template",
    nouns="templates",
    object_type="report_template",
    search="Name",
    find=_find,
    key=lambda row: row.template.id,
    href=lambda row: href(row.template.id),
    actions=(NEW,),
    empty=Empty(icon="file-clock", text="A template makes the same report again and again: by hand, or on a schedule that mails it.", action=NEW),
    filters=(
        Filter(key="source", label="Rows of", choices=sources),
        Filter(key="scheduled", label="Made", choices=SCHEDULED, is_single=True),
    ),
    columns=(
        Column(key="name", label="Template", attribute="template.template_name", cell=CELLS + "template"),
        Column(key="source", label="Rows of", attribute="template.source_name"),
        Column(key="schedule", label="Schedule", plain=_schedule),
        Column(key="zone", label="Time zone", plain=lambda row: zone_of(row.template)),
        Column(key="next", label="Next run", attribute="next_due_at", cell=CELLS + "next"),
        Column(key="last", label="Last run", plain=lambda row: row.last_report.report.status_type if row.last_report else None, cell=CELLS + "last"),
        Column(key="format", label="Format", attribute="template.format", cell=CELLS + "format"),
        Column(key="recipients", label="Recipients", plain=lambda row: len(row.template.notify_emails), is_numeric=True),
        Column(key="owner", label="In the name of", attribute="owner"),
        Column(key="updated", label="Changed", attribute="template.updated_at", cell=CELLS + "time", is_shown=False),
        Column(key="trouble", label="Trouble", is_shown=False),
        Column(key="id", label="Id", attribute="template.id", cell=CELLS + "id", is_shown=False),
    ),
)


@require_safe
def list_templates(request: DeskRequest) -> HttpResponse:
    return answer(request, TEMPLATES)


@require_safe
def show(request: DeskRequest, template_id: str) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    found = back_api().report_templates.get(request.actor, template_id)
    return respond.page(request, TEMPLATE, "", context_of(request, found, since))


def context_of(request: DeskRequest, found: Versioned[TemplateState], since: int) -> dict[str, Any]:
    state, template = found.value, found.value.template
    tab = request.GET.get("tab", "")
    zone, email = zone_of(template), desk().own.email(request.actor)
    return {
        "state": state,
        "template": template,
        "zone": zone,
        "schedule": _schedule(state),
        "window_name": _window(template),
        "ahead": report_words.ahead(state.next_runs, zone),
        "filters": report_words.said(template.filters, zone),
        "columns": None if template.columns is UNSET else template.columns,
        "tab": tab,
        "runs": _runs(request.actor, template.id) if tab == "runs" else [],
        "records": desk().audit.timeline(request.actor, "report_template", template.id, limit=RECORDS) if tab == "timeline" else [],
        "labels": {},
        "tabs": [
            Tab("Template", href(template.id), tab not in ("runs", "timeline")),
            Tab("Runs", f"{href(template.id)}?tab=runs", tab == "runs"),
            Tab("Timeline", f"{href(template.id)}?tab=timeline", tab == "timeline"),
        ],
        "own_email": email,
        "may_test": bool(email) and permitted(request.actor, "report_mail.test"),
        "acts": _acts(request.actor, template) if template.deleted_at is None else [],
        "live": {"type": "report_template", "id": template.id, "since": since},
        "crumbs": crumbs_of(template),
    }


def _window(template: Template) -> str:
    """Chosen, or as the schedule has it; without a schedule and where there is no time the filters alone say."""
    if template.window is not UNSET:
        return report_words.WINDOWS[template.window]
    schedule = template.schedule
    if schedule is None:
        return report_words.WINDOWS["Everything"]
    return f"{report_words.WINDOWS[report_words.usual_window(schedule.frequency, len(schedule.days_of_week))]}, unless its filters say which times"


def crumbs_of(template: Template) -> list[tuple[str, str]]:
    return [("Report templates", reverse("portal:report-templates-list")), (template.template_name, "")]


def _runs(actor: Actor, template_id: str) -> list[Run]:
    """Reports and skipped instants by when they were due or asked for, newest first."""
    reports = back_api().reports.find(actor, ReportQuery(template_id=template_id, limit=RUNS)).items
    made = [Run(one.due_at or one.report.created_at, one, None, _late(one)) for one in reports]
    skipped = [Run(one.due_at, None, one, None) for one in back_api().report_templates.skipped(actor, template_id)]
    return sorted([*made, *skipped], key=lambda run: run.at, reverse=True)[:RUNS]


def _late(state: ReportState) -> timedelta | None:
    late = state.report.created_at - state.due_at if state.due_at else None
    return late if late is not None and late > LATE else None


def _acts(actor: Actor, template: Template) -> list[Act]:
    return [
        act(actor, "report_templates.delete", "Delete", "trash-2", href(template.id, "delete"), asks=True, is_danger=True),
        act(actor, "report_templates.update", "Edit", "pencil", href(template.id, "edit")),
    ]
