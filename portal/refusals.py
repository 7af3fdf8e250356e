"""What a refusal looks like in the browser: a page or a toast with the status that fits; forms place Invalid themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backoffice.access import note
from backoffice.contracts.errors import Conflict, Held, Invalid, NotFound, NotPermitted, Refused, Stale, TooMany, Unavailable
from backoffice.contracts.operations import ALL
from portal import respond

STATUS: tuple[tuple[type[Refused], int, str], ...] = (
    (NotPermitted, 403, "You may not do this"),
    (NotFound, 404, "There is nothing here"),
    (Stale, 412, "Somebody was faster"),
    (TooMany, 429, "Too many attempts"),
    (Conflict, 409, "Not in this state"),
    (Unavailable, 503, "A part of the desk is not available"),
    (Invalid, 400, "This cannot be done"),
    (Refused, 400, "This cannot be done"),
)


def status_of(error: Refused) -> int:
    return next(status for kind, status, _ in STATUS if isinstance(error, kind))


def answer(request: HttpRequest, error: Refused) -> HttpResponse:
    note(code=error.code)
    if isinstance(error, Held):
        return _held(request, error)
    status, title = next((status, title) for kind, status, title in STATUS if isinstance(error, kind))
    if respond.wants_fragment(request):
        return respond.refused(sentence_of(error), status=status)
    operation = error.operation if isinstance(error, NotPermitted) else ""
    context = {
        "title": title,
        "detail": error.detail,
        "reasons": error.fields,
        "operation": operation,
        "means": ALL.get(operation, ""),
        "status": status,
    }
    response = render(request, "errors/refused.html", context, status=status)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def _held(request: HttpRequest, held: Held) -> HttpResponse:
    """No refusal: it is taken, and waits. A form that was sent is done with; nothing that it asked for has changed yet."""
    to = reverse("portal:approvals-show", args=[held.approval_id])
    return respond.go(request, to, toast=f"{held.detail} Nothing has changed yet.", kind="info")


def sentence_of(error: Refused) -> str:
    """The detail, followed by what is wrong where, for places without inputs to put it next to."""
    reasons = [f"{name}: {reason}" for name, found in error.fields.items() for reason in found]
    return " ".join([error.detail, *reasons])
