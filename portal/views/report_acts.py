"""What is done with one report: taken away, made again, stopped, deleted."""

from typing import get_args

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.errors import Conflict, Invalid, NotFound
from backoffice.contracts.reports import ReportPart
from backoffice.services import back_api
from portal import respond
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.report_page import crumbs_of
from portal.views.reports import href

STARTED = "It is being made; this page shows how far it is."


@require_safe
def download(request: DeskRequest, report_id: str) -> HttpResponse | FileResponse:
    """The file, its receipt, or all rows; why not is said on the report's page."""
    part: ReportPart = next((one for one in get_args(ReportPart) if one == request.GET.get("part")), "File")
    back_api().reports.get(request.actor, report_id)
    try:
        found = back_api().reports.download(request.actor, report_id, part=part)
        return FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name)
    except (Invalid, NotFound) as refusal:
        return respond.redirect(request, href(report_id), toast=refusal.detail, kind="error")
    except FileNotFoundError:
        return respond.redirect(request, href(report_id), toast="Its file is gone: make it again.", kind="error")


@require_POST
def again(request: DeskRequest, report_id: str) -> HttpResponse:
    try:
        started = back_api().reports.again(request.actor, report_id)
    except Invalid as refusal:
        return respond.redirect(request, href(report_id), toast=refusal.detail, kind="error")
    return respond.redirect(request, href(started.id), toast=STARTED)


@require_POST
def mail_again(request: DeskRequest, report_id: str) -> HttpResponse:
    """To those whose mail failed."""
    try:
        back_api().report_mail.again(request.actor, report_id)
    except Conflict as refusal:
        return respond.redirect(request, href(report_id), toast=refusal.detail, kind="error")
    return respond.redirect(request, href(report_id), toast="It is mailed again to those who have not got it.")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: DeskRequest, report_id: str) -> HttpResponse:
    demand(request.actor, "reports.cancel")
    if request.method != "POST":
        detail = "What was written of it is thrown away. It can be made again at any time."
        return _question(request, report_id, title="Stop making {}?", detail=detail, button="Stop it")
    try:
        back_api().reports.cancel(request.actor, report_id)
    except Conflict as refusal:
        return respond.redirect(request, href(report_id), toast=refusal.detail, kind="error")
    return respond.redirect(request, href(report_id), toast="It stops within a few seconds.")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, report_id: str) -> HttpResponse:
    demand(request.actor, "reports.delete")
    if request.method != "POST":
        detail = "Its file and its receipt go with it, and nobody can download them any more. What was sent by mail stays where it is."
        return _question(request, report_id, title="Delete {}?", detail=detail, button="Delete")
    name = back_api().reports.get(request.actor, report_id).report.report_name
    back_api().reports.delete(request.actor, report_id)
    return respond.redirect(request, reverse("portal:reports-list"), toast=f"{name} is deleted.")


def _question(request: DeskRequest, report_id: str, *, title: str, detail: str, button: str) -> HttpResponse:
    state = back_api().reports.get(request.actor, report_id)
    name, back = state.report.report_name, href(report_id)
    context = {
        "title": title.format(name),
        "detail": detail,
        "button": button,
        "action": request.path,
        "back": back,
        "is_danger": True,
        "crumbs": [*crumbs_of(state)[:-1], (name, back), (button, "")],
    }
    return respond.page(request, "components/confirm.html", "question", context)
