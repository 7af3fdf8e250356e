"""One assignment of the list: added, changed, removed; at once or in a draft."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid, Stale
from backoffice.services import back_api, desk
from portal import respond
from portal.asked import number_of
from portal.forms.commissions import assignment_draft, new_assignment
from portal.forms.form import Form
from portal.forms.merge import Merge
from portal.objects import demand
from portal.session import DeskRequest
from portal.views import commission_drafts
from portal.views.commission_assignments import OBJECT, TITLE, fields_of, here
from portal.views.commission_names import names_of, pick_urls

TEMPLATE, MERGE = "portal/commissions/assignment.html", "portal/commissions/assignment_merge.html"
MOVED_ON = "Somebody changed the list while you were writing this. Look at it, then add yours."


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "commission_assignments.create")
    version = back_api().commission_assignments.find(request.actor).version
    fields = fields_of(request)
    if request.method != "POST":
        asked = {one.name: request.GET.get(one.name, "") for one in fields}
        return _page(request, Form(fields=fields, values=asked, version=version), "New assignment")
    form = Form.of_post(fields, request.POST)
    try:
        draft = new_assignment(form)
        if request.POST.get("act") == "draft":
            return commission_drafts.keep(request, commission_drafts.assignment_added(draft), "A new assignment")
        back_api().commission_assignments.create(request.actor, draft, version=form.version)
    except Stale:
        return _page(request, replace(form, version=version, general=MOVED_ON), "New assignment", status=412)
    except Invalid as refusal:
        return _page(request, form.refused(refusal), "New assignment", status=400)
    return respond.redirect(request, here(), toast="The assignment is added, behind the others.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, assignment_id: str) -> HttpResponse:
    demand(request.actor, "commission_assignments.update")
    found = back_api().commission_assignments.get(request.actor, assignment_id)
    title = f"Assignment of {names_of(request.actor, [found.value]).of(found.value)}"
    fresh = Form.of_value(fields_of(request), found.value, found.version)
    if request.method != "POST":
        return _page(request, fresh, title)
    form = Form.of_post(fresh.fields, request.POST)
    try:
        draft = assignment_draft(form)
        if request.POST.get("act") == "draft":
            if form.version != found.version:
                raise Stale(version=found.version)
            return commission_drafts.keep(request, commission_drafts.assignment_changed(found.value, draft), title)
        back_api().commission_assignments.update(request.actor, assignment_id, draft, version=form.version or 0)
    except Stale:
        newest = desk().audit.timeline(request.actor, OBJECT, assignment_id, limit=1, is_change=True)
        merge = {"merge": Merge.of(form, fresh), "record": newest[0] if newest else None, "back": request.path}
        return respond.page(request, MERGE, "", {**_frame(title), **merge}, status=412)
    except Invalid as refusal:
        return _page(request, form.refused(refusal), title, status=400)
    return respond.redirect(request, here(), toast="The assignment is saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: DeskRequest, assignment_id: str) -> HttpResponse:
    demand(request.actor, "commission_assignments.delete")
    found = back_api().commission_assignments.get(request.actor, assignment_id)
    status, detail = 200, "They pay by the next assignment that names them. As a draft, the impact can be looked at first."
    if request.method == "POST":
        try:
            if request.POST.get("act") == "draft":
                return commission_drafts.keep(request, commission_drafts.assignment_removed(assignment_id), "Without an assignment")
            version = number_of(request.POST.get("version", "")) or 0
            back_api().commission_assignments.delete(request.actor, assignment_id, version=version)
            return respond.redirect(request, here(), toast="The assignment is removed.")
        except Stale:
            status, detail = 412, "Somebody changed the assignment since you were asked. Look at it again before you remove it."
    title = f"Remove the assignment of {names_of(request.actor, [found.value]).of(found.value)}?"
    context = {
        **_frame(title),
        **commission_drafts.context_of(request.actor),
        "title": title,
        "detail": detail,
        "button": "Remove now",
        "version": found.version,
        "back": here(),
    }
    return respond.page(request, "portal/commissions/remove.html", "question", context, status=status)


def _page(request: DeskRequest, form: Form, title: str, *, status: int = 200) -> HttpResponse:
    context = {**_frame(title), "form": form, "picks": pick_urls(), "back": here(), **commission_drafts.context_of(request.actor)}
    return respond.page(request, TEMPLATE, "", context, status=status)


def _frame(title: str) -> dict[str, Any]:
    return {"title": title, "crumbs": [(TITLE, reverse("portal:commissions-assignments")), (title, "")]}
