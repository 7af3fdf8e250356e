"""What is done with a change set, each after a question: applied, scheduled, taken off the schedule, discarded, undone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.commission_changes import ChangeSet
from backoffice.contracts.errors import Conflict, Invalid, Stale
from backoffice.services import back_api
from portal import respond
from portal.asked import number_of
from portal.forms.form import Field, Form
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.commission_changes import found_change, href_of, page

Question = dict[str, Any]
ZONED = (
    Field(name="date", label="Date", kind="date", is_required=True),
    Field(name="time", label="Time", kind="time", is_required=True),
    Field(name="zone", label="Time zone", kind="choice", is_required=True, hint="Date and time are local there"),
)
NO_INSTANT = "is no date and time"


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: DeskRequest, change_set_id: str) -> HttpResponse:
    return _asked(request, change_set_id, "apply", _apply_question, "Applied: the rules are as the draft says.")


@require_http_methods(["GET", "HEAD", "POST"])
def unschedule(request: DeskRequest, change_set_id: str) -> HttpResponse:
    return _asked(request, change_set_id, "unschedule", _unschedule_question, "A draft again; nothing is applied by itself.")


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: DeskRequest, change_set_id: str) -> HttpResponse:
    return _asked(request, change_set_id, "discard", _discard_question, "Discarded. Nothing was changed.")


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: DeskRequest, change_set_id: str) -> HttpResponse:
    return _asked(request, change_set_id, "undo", _undo_question, "Undone: what it changed is as it was before.")


@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: DeskRequest, change_set_id: str) -> HttpResponse:
    demand(request.actor, "commission_changes.schedule")
    found, context = found_change(request, change_set_id, "Schedule")
    fields = _fields(request)
    if request.method != "POST":
        at = found.value.change_set.apply_at
        known = {"date": at.strftime("%Y-%m-%d"), "time": at.strftime("%H:%M")} if at else {}
        return _scheduling(request, context, Form(fields=fields, values={"zone": "UTC", **known}, version=found.version))
    form = Form.of_post(fields, request.POST)
    try:
        at = _instant(form)
        back_api().commission_changes.schedule(request.actor, change_set_id, at, version=form.version or 0)
    except (Stale, Conflict) as refusal:
        return page(request, change_set_id, status=409, refusal=refusal)
    except Invalid as refusal:
        fields_of = {"date" if name == "applyAt" else name: reasons for name, reasons in refusal.fields.items()}
        return _scheduling(request, context, form.refused(Invalid(refusal.detail, fields=fields_of)), status=400)
    return respond.redirect(request, href_of(change_set_id), toast=f"It is applied {at:%Y-%m-%d %H:%M} UTC.")


def _asked(request: DeskRequest, change_set_id: str, verb: str, question: Callable[[ChangeSet], Question], done: str) -> HttpResponse:
    """The question by GET, the act by POST with the version that was asked about; a refusal is told on the change set's page."""
    demand(request.actor, f"commission_changes.{verb}")
    if request.method == "POST":
        act = getattr(back_api().commission_changes, verb)
        try:
            act(request.actor, change_set_id, version=number_of(request.POST.get("version", "")) or 0)
        except (Conflict, Stale, Invalid) as refusal:
            return page(request, change_set_id, status=409, refusal=refusal)
        return respond.redirect(request, href_of(change_set_id), toast=done)
    found = back_api().commission_changes.get(request.actor, change_set_id)
    change = found.value.change_set
    asked = {"action": request.path, "back": href_of(change_set_id), "hidden": [("version", str(found.version))], **question(change)}
    crumbs = [("Change sets", reverse("portal:commissions-changes")), (change.name, href_of(change_set_id)), (asked["button"], "")]
    return respond.page(request, "components/confirm.html", "question", {**asked, "crumbs": crumbs})


def _scheduling(request: DeskRequest, context: dict[str, Any], form: Form, *, status: int = 200) -> HttpResponse:
    context = {**context, "form": form, "back": href_of(context["change"].change_set_id)}
    return respond.page(request, "portal/commissions/change_schedule.html", "", context, status=status)


def _fields(request: DeskRequest) -> tuple[Field, ...]:
    """UTC first, then the zones of the desk's calendars, then all others."""
    used = sorted({one.time_zone_id for one in back_api().calendars.find(request.actor)} - {"UTC"}) if request.actor.may("view-common") else []
    zones = ["UTC", *used, *sorted(available_timezones() - {"UTC", *used})]
    return (*ZONED[:2], replace(ZONED[2], choices=[(zone, zone) for zone in zones]))


def _instant(form: Form) -> datetime:
    """Refuses: Invalid."""
    form.typed()
    if form.values["zone"] not in available_timezones():
        raise Invalid("Some fields need another look.", fields={"zone": ["is no time zone"]})
    try:
        local = datetime.fromisoformat(f"{form.values['date']}T{form.values['time']}")
    except ValueError as error:
        raise Invalid("Some fields need another look.", fields={"date": [NO_INSTANT]}) from error
    return local.replace(tzinfo=ZoneInfo(form.values["zone"])).astimezone(UTC)


def _counted(change: ChangeSet) -> str:
    return f"{change.change_count:,} {'rule or assignment' if change.change_count == 1 else 'rules and assignments'}"


def _apply_question(change: ChangeSet) -> Question:
    known = change.impact is not None and change.impact.status == "Done"
    looked = "" if known else " Nobody has looked at its impact yet."
    detail = f"{_counted(change)} change in one step or not at all; orders that begin from then on pay by them.{looked} It can be undone."
    return {"title": f"Apply {change.name}?", "detail": detail, "button": "Apply now"}


def _unschedule_question(change: ChangeSet) -> Question:
    return {"title": f"Take {change.name} off the schedule?", "detail": "It becomes a draft again.", "button": "Take it off"}


def _discard_question(change: ChangeSet) -> Question:
    detail = "Nothing has been changed by it; it stays in the list as discarded."
    return {"title": f"Discard {change.name}?", "detail": detail, "button": "Discard", "is_danger": True}


def _undo_question(change: ChangeSet) -> Question:
    detail = f"{_counted(change)} go back to what they were. Where somebody edited the same since, nothing is undone and you see which."
    return {"title": f"Undo {change.name}?", "detail": detail, "button": "Undo it", "is_danger": True}
