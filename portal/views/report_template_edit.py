"""Report templates written: created, edited, run now, deleted. Who saves one has it made in their name."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.contracts.errors import Conflict, Invalid, Stale
from backoffice.contracts.report_templates import Template
from backoffice.services import back_api, desk
from portal import refusals, respond
from portal.asked import number_of
from portal.context import zone_of
from portal.forms import report_merge
from portal.forms.report_editor import Editor, begun, of_post, start_of
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.report_new import STARTED, TEMPLATE, context_of, looked_again, offered, start
from portal.views.report_templates import crumbs_of, href
from portal.views.reports import href as report_href

CHANGED_ELSEWHERE = "It was changed meanwhile; look at it again."


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "report_templates.create")
    sources = offered(request)
    if request.method != "POST":
        return _creation(request, begun(sources, start(request, sources), is_template=True))
    editor = of_post(sources, request.POST, is_template=True)
    if again := looked_again(request, editor, _creation):
        return again
    try:
        made = back_api().report_templates.create(request.actor, editor.template())
    except (Invalid, Conflict) as refusal:
        return _creation(request, editor.refused(_placed(refusal)), status=400)
    return respond.redirect(request, href(made.id), toast=f"{editor.form.values['name']} is created.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, template_id: str) -> HttpResponse:
    demand(request.actor, "report_templates.update")
    found = back_api().report_templates.get(request.actor, template_id)
    template, sources = found.value.template, offered(request)
    source = next(one for one in sources if one.source == template.source)
    fresh = begun(sources, start_of(source, template, zone_of(request), found.version), is_template=True)
    if request.method != "POST":
        return _edition(request, fresh, template=template)
    editor = of_post(sources, request.POST, is_template=True)
    if again := looked_again(request, editor, _edition, template=template):
        return again
    try:
        back_api().report_templates.update(request.actor, template_id, editor.change(template_id), version=editor.form.version or 0)
    except Stale:
        return _merge(request, template, editor, fresh)
    except (Invalid, Conflict) as refusal:
        return _edition(request, editor.refused(_placed(refusal)), status=400, template=template)
    return respond.redirect(request, href(template_id), toast=f"{editor.form.values['name']} is saved.")


@require_POST
def run(request: DeskRequest, template_id: str) -> HttpResponse:
    try:
        started = back_api().report_templates.run(request.actor, template_id)
    except Invalid as refusal:
        return respond.redirect(request, href(template_id), toast=refusal.detail, kind="error")
    return respond.redirect(request, report_href(started.report_id), toast=STARTED)


@require_POST
def test(request: DeskRequest, template_id: str) -> HttpResponse:
    """A report now, mailed to whoever asks and to nobody else."""
    email = desk().own.email(request.actor)
    try:
        started = back_api().report_mail.test(request.actor, template_id, recipient=email)
    except Invalid as refusal:
        return respond.redirect(request, href(template_id), toast=refusals.sentence_of(refusal), kind="error")
    return respond.redirect(request, report_href(started.report_id), toast=f"It is being made, and mailed to {email} alone.")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, template_id: str) -> HttpResponse:
    demand(request.actor, "report_templates.delete")
    found = back_api().report_templates.get(request.actor, template_id)
    template, back = found.value.template, href(template_id)
    if request.method != "POST":
        due = "Nothing is made or sent on its schedule any more. " if template.schedule else ""
        context = {
            "title": f"Delete {template.template_name}?",
            "detail": f"{due}Reports that it made stay until they expire.",
            "button": "Delete",
            "action": request.path,
            "hidden": [("version", found.version)],
            "back": back,
            "is_danger": True,
            "crumbs": [*crumbs_of(template)[:-1], (template.template_name, back), ("Delete", "")],
        }
        return respond.page(request, "components/confirm.html", "question", context)
    try:
        back_api().report_templates.delete(request.actor, template_id, version=number_of(request.POST.get("version", "")))
    except Stale:
        return respond.redirect(request, back, toast=CHANGED_ELSEWHERE, kind="error")
    return respond.redirect(request, reverse("portal:report-templates-list"), toast=f"{template.template_name} is deleted.")


def _placed(refusal: Invalid | Conflict) -> Invalid:
    return refusal if isinstance(refusal, Invalid) else Invalid(refusal.detail, code=refusal.code, fields=refusal.fields)


def _creation(request: DeskRequest, editor: Editor, *, part: str = "editor", status: int = 200, **more: Any) -> HttpResponse:
    here = reverse("portal:report-templates-list")
    context = {
        **context_of(request, editor),
        "title": "New report template",
        "action": reverse("portal:report-templates-create"),
        "is_template": True,
        "button": "Create template",
        "back": here,
        "crumbs": [("Report templates", here), ("New template", "")],
        **more,
    }
    return respond.page(request, TEMPLATE, part, context, status=status)


def _edition(
    request: DeskRequest,
    editor: Editor,
    *,
    template: Template,
    part: str = "editor",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    back = href(template.id)
    context = {
        **context_of(request, editor),
        "title": f"Edit {template.template_name}",
        "action": href(template.id, "edit"),
        "is_template": True,
        "button": "Save",
        "back": back,
        "crumbs": [*crumbs_of(template)[:-1], (template.template_name, back), ("Edit", "")],
        **more,
    }
    return respond.page(request, TEMPLATE, part, context, status=status)


def _merge(request: DeskRequest, template: Template, mine: Editor, fresh: Editor) -> HttpResponse:
    newest = desk().audit.timeline(request.actor, "report_template", template.id, limit=1, is_change=True)
    back = href(template.id)
    context = {
        "title": template.template_name,
        "merge": report_merge.of(mine, fresh),
        "record": newest[0] if newest else None,
        "action": href(template.id, "edit"),
        "back": back,
        "crumbs": [*crumbs_of(template)[:-1], (template.template_name, back), ("Merge", "")],
    }
    return respond.page(request, "portal/reports/merge.html", "", context, status=412)
