"""What somebody follows, and how they hear of it."""

from datetime import time
from typing import get_args

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid
from backoffice.contracts.notifications import DigestChoice, DigestRhythm, Following, Preferences, Subscription
from backoffice.contracts.timetable import zones
from backoffice.services import back_api, desk
from portal import context, respond
from portal.forms.form import Field, Form
from portal.session import DeskRequest
from portal.templatetags.desk import words

HERE = "portal:notifications-preferences"
FOLLOWING = (("info", "All of them"), ("warning", "Warnings and errors"), ("error", "Errors only"), ("off", "Nothing"))
RHYTHMS = (("Off", "No mail"), ("Hourly", "Every hour, if there is anything"), ("Daily", "Every day, if there is anything"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest) -> HttpResponse:
    now = back_api().notifications.preferences(request.actor)
    fields = _fields(now)
    if request.method != "POST":
        return _page(request, Form(fields=fields, values=_values(now, context.zone_of(request))))
    form = Form.of_post(fields, request.POST)
    try:
        back_api().notifications.set_preferences(request.actor, _chosen(form, now))
    except Invalid as refusal:
        return _page(request, form.refused(refusal), status=400)
    return respond.redirect(request, reverse(HERE), toast="Your choice is kept.")


def _fields(now: Preferences) -> list[Field]:
    types = [Field(name=one.type, label=words(one.type), kind="choice", choices=FOLLOWING, group="What I follow") for one in now.subscriptions]
    names = tuple((name, name) for name in sorted(zones()))
    return [
        *types,
        Field(name="rhythm", label="Digest", kind="choice", choices=RHYTHMS, group="By mail"),
        Field(name="at", label="At", kind="time", hint="An hourly one comes at these minutes", group="By mail"),
        Field(name="zone", label="Time zone", kind="choice", choices=names, group="By mail"),
    ]


def _values(now: Preferences, zone: str) -> dict[str, str]:
    """Who has no digest yet is offered the zone they are in."""
    chosen = {str(one.type): str(one.following) for one in now.subscriptions}
    return {**chosen, "rhythm": now.digest.rhythm, "at": f"{now.digest.at:%H:%M}", "zone": zone if now.digest.rhythm == "Off" else now.digest.zone}


def _chosen(form: Form, now: Preferences) -> Preferences:
    """Refuses: Invalid."""
    levels: dict[str, Following] = {value: value for value in get_args(Following)}
    rhythms: dict[str, DigestRhythm] = {value: value for value in get_args(DigestRhythm)}
    try:
        at = time.fromisoformat(form.values["at"] or "08:00")
        rhythm = rhythms[form.values["rhythm"] or "Off"]
        chosen = [Subscription(type=one.type, following=levels[form.values[one.type]]) for one in now.subscriptions if form.values[one.type]]
    except (ValueError, KeyError):
        raise Invalid("This is no choice that there is.", fields={"at": ["Write a time like 08:00."]}) from None
    return Preferences(subscriptions=chosen, digest=DigestChoice(rhythm=rhythm, at=at, zone=form.values["zone"] or "UTC"))


def _page(request: DeskRequest, form: Form, *, status: int = 200) -> HttpResponse:
    shown = {
        "form": form,
        "email": desk().own.email(request.actor),
        "crumbs": [("Notifications", reverse("portal:notifications-list")), ("What I follow", "")],
    }
    return respond.page(request, "portal/notifications/preferences.html", "", shown, status=status)
