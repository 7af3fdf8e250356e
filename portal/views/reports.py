"""Reports as a list: what was asked for or fell due, how far each is, what came of it."""

from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.report_templates import TemplateQuery
from backoffice.contracts.reports import ReportQuery, ReportSource, ReportState, ReportStatus
from backoffice.services import back_api
from portal import respond
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer
from portal.session import DeskRequest
from portal.templatetags.desk import worded

VIEW, MANAGE = "view-reports", "manage-reports"
CELLS = "portal/reports/cells.html#"
RUNNING = ("New", "InProgress")
TEMPLATES_OFFERED = 100
NEW = Action(label="New report", icon="plus", url_name="portal:reports-create", operation=MANAGE, is_primary=True)


def sources(actor: Actor) -> list[tuple[str, str]]:
    return [(one.source, one.name) for one in back_api().reports.sources(actor)]


def _templates(actor: Actor) -> list[tuple[str, str]]:
    found = back_api().report_templates.find(actor, TemplateQuery(limit=TEMPLATES_OFFERED)).items
    return [(one.template.id, one.template.template_name) for one in found]


def _find(actor: Actor, state: State) -> Page[ReportState]:
    query = ReportQuery(
        search=state.search or None,
        statuses=cast(list[ReportStatus] | None, state.some("status")),
        sources=cast(list[ReportSource] | None, state.some("source")),
        template_id=state.one("template") or None,
        after=state.after,
        limit=state.size,
    )
    return back_api().reports.find(actor, query)


def href(report_id: str) -> str:
    return reverse("portal:reports-show", args=[report_id])


REPORTS: Listing[ReportState] = Listing(
    section="reports",
    title="Reports",
    noun="report",
    nouns="reports",
    object_type="report",
    search="Name or template",
    find=_find,
    key=lambda row: row.report.id,
    href=lambda row: href(row.report.id),
    actions=(NEW,),
    empty=Empty(
        icon="file-chart-column",
        text="Make one here, or of any list by Export and “Make a report of this view”. Templates make them on a schedule.",
        action=NEW,
    ),
    filters=(
        Filter(key="status", label="Status", choices=worded(ReportStatus)),
        Filter(key="source", label="Rows of", choices=sources),
        Filter(key="template", label="Template", choices=_templates, is_single=True),
    ),
    columns=(
        Column(key="name", label="Report", attribute="report.report_name", cell=CELLS + "name"),
        Column(key="status", label="Status", attribute="report.status_type", cell=CELLS + "status"),
        Column(key="source", label="Rows of", attribute="report.source_name"),
        Column(key="rows", label="Rows", plain=lambda row: row.receipt.rows if row.receipt else None, is_numeric=True),
        Column(key="format", label="Format", attribute="report.format", cell=CELLS + "format"),
        Column(key="size", label="Size", plain=lambda row: row.receipt.size if row.receipt else None, cell=CELLS + "size", is_numeric=True),
        Column(key="as_of", label="Data as of", plain=lambda row: row.receipt.as_of if row.receipt else None, cell=CELLS + "time"),
        Column(
            key="window_from", label="From", plain=lambda row: row.receipt.window_from if row.receipt else None, cell=CELLS + "time", is_shown=False
        ),
        Column(
            key="window_to", label="To before", plain=lambda row: row.receipt.window_to if row.receipt else None, cell=CELLS + "time", is_shown=False
        ),
        Column(key="due", label="Due", attribute="due_at", cell=CELLS + "time"),
        Column(key="sent", label="Sent to", plain=lambda row: ", ".join(one.recipient for one in row.deliveries), cell=CELLS + "sent"),
        Column(key="by", label="By", attribute="report.created_by"),
        Column(key="created", label="Asked for", attribute="report.created_at", cell=CELLS + "time"),
        Column(key="expires", label="Kept until", attribute="report.expired_at", cell=CELLS + "time", is_shown=False),
        Column(key="id", label="Id", attribute="report.id", cell=CELLS + "id", is_shown=False),
    ),
)


@require_safe
def list_reports(request: DeskRequest) -> HttpResponse:
    return answer(request, REPORTS)


@require_safe
def pulse(request: DeskRequest, report_id: str) -> HttpResponse:
    """The status of one report of the list, asked every second while it is made."""
    row = back_api().reports.get(request.actor, report_id)
    context = {"row": row}
    if row.report.status_type in RUNNING:
        return render(request, f"{CELLS}status", context)
    return respond.last_poll(request, f"{CELLS}status", context)
