"""Why somebody acts, in their own words: how a request says it, and for what it must be said."""

from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

from backoffice.calls import Call
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.permissions import Reads

HEADER = "X-Reason"
# Forms have fields of their own names; this one is of every form.
FIELD = "why"
LONGEST = 500
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Whoever asks through these is there to say why; the worker does what was asked before.
DOORS = ("portal", "api")


def of_header(request: HttpRequest) -> str:
    """In UTF-8, percent-encoded where a program cannot send that. Refuses: Invalid."""
    given = request.META.get("HTTP_X_REASON", "")
    try:
        return _plain(unquote(given.encode("latin-1").decode(), errors="strict"))
    except UnicodeError:
        raise _unfit(HEADER, "Expected UTF-8, which may be percent-encoded.") from None


def of_form(request: HttpRequest) -> str:
    """Refuses: Invalid."""
    if request.method != "POST" or not (request.content_type or "").startswith(FORMS):
        return ""
    return _plain(request.POST.get(FIELD, ""))


def are_asked_for() -> bool:
    """Whether any change of this desk needs one."""
    return bool(settings.REASONS_NEEDED_FOR)


def check(actor: Actor, call: Call) -> None:
    """Refuses: Invalid (a change that needs a reason, without one)."""
    if not settings.REASONS_NEEDED_FOR or actor.reason or actor.door not in DOORS or isinstance(call.rule, Reads):
        return
    if call.rule.operation in settings.REASONS_NEEDED_FOR:
        raise Invalid("Say why: this desk asks for a reason of such a change.", code="reason_needed", fields={HEADER: ["is needed here"]})


def _plain(text: str) -> str:
    told = " ".join(text.split())
    if len(told) > LONGEST or not told.isprintable():
        raise _unfit(HEADER, f"Expected up to {LONGEST} printable characters.")
    return told


def _unfit(name: str, reason: str) -> Invalid:
    return Invalid("The reason is not valid.", fields={name: [reason]})
