"""A report's page: how far it is, what it says of itself, who has it, what was done with it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from msgspec import UNSET

from backoffice.contracts.actor import Actor
from backoffice.contracts.reports import ReportState
from backoffice.services import back_api, desk
from portal import report_words, respond
from portal.objects import Act, Tab, act
from portal.session import DeskRequest
from portal.views.reports import RUNNING, href

TEMPLATE = "portal/reports/show.html"
RECORDS = 50


@require_safe
def show(request: DeskRequest, report_id: str) -> HttpResponse:
    # The cursor of live updates is read before the report: a change between the two shows up as news, never gets lost.
    since = desk().audit.latest(request.actor)
    return respond.page(request, TEMPLATE, "", context_of(request, back_api().reports.get(request.actor, report_id), since))


@require_safe
def progress(request: DeskRequest, report_id: str) -> HttpResponse:
    """Asked every second while it is made; then the page loads again with what came of it."""
    state = back_api().reports.get(request.actor, report_id)
    context = {"state": state, "report": state.report}
    if state.report.status_type in RUNNING:
        return render(request, f"{TEMPLATE}#progress", context)
    response = respond.last_poll(request, f"{TEMPLATE}#progress", context)
    response["HX-Refresh"] = "true"
    return response


def context_of(request: DeskRequest, state: ReportState, since: int) -> dict[str, Any]:
    report, receipt, is_timeline = state.report, state.receipt, request.GET.get("tab") == "timeline"
    zone = receipt.time_zone if receipt else "UTC" if report.time_zone is UNSET else report.time_zone
    ends = (receipt.window_from, receipt.window_to) if receipt else (None, None)
    address = href(report.id)
    return {
        "state": state,
        "report": report,
        "receipt": receipt,
        # Sums stand in a table of their own.
        "receipt_lines": [line for line in receipt.lines if not line.name.startswith("Sum of ")] if receipt else [],
        "icon_name": report_words.ICONS[report.format],
        "zone": zone,
        "window": [at and report_words.local(at, zone) for at in ends],
        "window_name": "" if report.window is UNSET else report_words.WINDOWS[report.window],
        "filters": report_words.said(report.filters, zone),
        "columns": None if report.columns is UNSET else report.columns,
        "is_unsent": report.status_type == "Completed" and any(one.state == "Failed" for one in state.deliveries),
        "is_running": report.status_type in RUNNING,
        "took": (state.finished_at - state.started_at).total_seconds() if state.finished_at and state.started_at else None,
        "is_timeline": is_timeline,
        "records": desk().audit.timeline(request.actor, "report", report.id, limit=RECORDS) if is_timeline else [],
        "labels": {},
        "tabs": [Tab("Report", address, not is_timeline), Tab("Timeline", f"{address}?tab=timeline", is_timeline)],
        "acts": _acts(request.actor, state),
        "live": {"type": "report", "id": report.id, "since": since} if report.status_type not in RUNNING else None,
        "crumbs": crumbs_of(state),
    }


def crumbs_of(state: ReportState) -> list[tuple[str, str]]:
    return [("Reports", reverse("portal:reports-list")), (state.report.report_name, "")]


def _acts(actor: Actor, state: ReportState) -> list[Act]:
    """Legal next steps only; what makes another report is a button of the page."""

    def step(action: str, label: str, icon: str, **more: bool) -> Act:
        return act(actor, f"reports.{action}", label, icon, reverse(f"portal:reports-{action}", args=[state.report.id]), **more)

    acts = [step("delete", "Delete", "trash-2", asks=True, is_danger=True)]
    if state.report.status_type in RUNNING and not state.is_cancelling:
        acts.append(step("cancel", "Cancel", "circle-stop", asks=True, is_danger=True))
    change = f"{reverse('portal:reports-create')}?like={state.report.id}"
    acts.append(act(actor, "reports.create", "Make another like it", "copy-plus", change))
    return acts
