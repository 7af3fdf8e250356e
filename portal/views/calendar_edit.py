"""Creating, duplicating, editing and deleting a calendar; a lost race is merged day by day."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid, Stale
from backoffice.services import back_api
from portal import catalog, respond
from portal.forms.calendars import HINT, CalendarForm, zones
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.calendars import KIND, found_calendar, users


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    """An empty calendar, or one that starts as another one is."""
    demand(request.actor, "calendars.create")
    if request.method != "POST":
        return _creation(request, _like(request, request.GET.get("like", "")))
    form = CalendarForm.of_post(request.POST)
    if again := _again(request, form):
        return _creation(request, again)
    try:
        made = back_api().calendars.create(request.actor, form.draft())
    except Invalid as refusal:
        return _creation(request, form.refused(refusal), status=400)
    return respond.redirect(request, KIND.url("show", made.calendar_id), toast=f"{made.name} is created.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, calendar_id: str) -> HttpResponse:
    demand(request.actor, "calendars.update")
    calendar, version, found = found_calendar(request, calendar_id, "Edit")
    fresh = CalendarForm.of(calendar, version)
    if request.method != "POST":
        return _edition(request, found, fresh)
    form = CalendarForm.of_post(request.POST)
    if again := _again(request, form):
        return _edition(request, found, again)
    try:
        back_api().calendars.update(request.actor, calendar_id, form.change(), version=form.version or 0)
    except Stale:
        return catalog.merge(request, KIND, found, form.merge(fresh))
    except Invalid as refusal:
        return _edition(request, found, form.refused(refusal), status=400)
    return respond.redirect(request, KIND.url("show", calendar_id), toast=f"{form.name} is saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, calendar_id: str) -> HttpResponse:
    demand(request.actor, "calendars.delete")
    _, version, found = found_calendar(request, calendar_id, "Overview")
    return catalog.deletion_from_markets(
        request, found, version, users(calendar_id), lambda seen: back_api().calendars.delete(request.actor, calendar_id, version=seen)
    )


def _like(request: DeskRequest, calendar_id: str) -> CalendarForm:
    if not calendar_id:
        return CalendarForm.empty()
    form = CalendarForm.of(back_api().calendars.get(request.actor, calendar_id).value, None)
    return replace(form, texts={**form.texts, "name": f"{form.name[:42]} (copy)"})


def _again(request: DeskRequest, form: CalendarForm) -> CalendarForm | None:
    """The form as it is shown again when a button asked for something else than saving."""
    act = request.POST.get("act")
    return form.split() if act == "split" else form if act == "rows" else None


def _creation(request: DeskRequest, form: CalendarForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_words(form),
        "back": KIND.url("list"),
        "button": "Create calendar",
        "crumbs": [(KIND.title, KIND.url("list")), ("New calendar", "")],
    }
    return respond.page(request, "portal/calendars/create.html", "", context, status=status)


def _edition(request: DeskRequest, found: catalog.Context, form: CalendarForm, *, status: int = 200) -> HttpResponse:
    context = {**found, **_words(form), "back": KIND.url("show", found["key"]), "button": "Save"}
    return respond.page(request, "portal/calendars/edit.html", "", context, status=status)


def _words(form: CalendarForm) -> dict[str, Any]:
    return {"form": form, "zones": zones(), "hint": HINT}
