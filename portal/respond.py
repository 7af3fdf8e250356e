"""All the portal knows of htmx: full page or fragment, toasts, redirects, ends of polling."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect, HttpResponseStopPolling
from django_htmx.middleware import HtmxDetails

Kind = Literal["success", "error", "info"]
# A view of the inbox, and nothing else that a form could name.
INBOX = re.compile(r"/(\?(kind=[A-Za-z]{1,30}|snoozed=1))?")


def page(request: HttpRequest, template: str, partial: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """The whole template, or its partial when htmx asks for a fragment."""
    response = render(request, f"{template}#{partial}" if partial and wants_fragment(request) else template, dict(context), status=status)
    response["Vary"] = "HX-Request"
    return with_waiting_toasts(request, response) if wants_fragment(request) else response


def wants_fragment(request: HttpRequest) -> bool:
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def redirect(request: HttpRequest, to: str, *, toast: str = "", kind: Kind = "success") -> HttpResponse:
    """Go there with the next GET, or back to the inbox when it was done from there; the toast shows on arrival."""
    then = request.POST.get("then", "")
    return go(request, then if INBOX.fullmatch(then) else to, toast=toast, kind=kind)


def go(request: HttpRequest, to: str, *, toast: str = "", kind: Kind = "success") -> HttpResponse:
    if toast:
        messages.add_message(request, {"success": messages.SUCCESS, "error": messages.ERROR, "info": messages.INFO}[kind], toast)
    if wants_fragment(request):
        return HttpResponseClientRedirect(to)
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return response


def nothing() -> HttpResponse:
    return HttpResponse(status=204)


def last_poll(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The final fragment of something that was polled: htmx stops asking."""
    return HttpResponseStopPolling(render(request, template, dict(context)).content)


def refused(text: str, *, status: int) -> HttpResponse:
    """A refusal of a fragment: nothing on the page moves, a toast says why."""
    response = HttpResponse(status=status)
    response["HX-Reswap"] = "none"
    return with_toast(response, text, kind="error")


def with_toast(response: HttpResponse, text: str, *, kind: Kind = "success") -> HttpResponse:
    response["HX-Trigger"] = json.dumps({"toast": [{"text": text, "kind": kind}]})
    return response


def with_news(response: HttpResponse, news: Sequence[Mapping[str, str]], *, is_more: bool) -> HttpResponse:
    """Toasts of what came, which the browser shows as well where it may."""
    more = [{"text": "There is more that is new.", "kind": "info"}] if is_more else []
    if news:
        response["HX-Trigger"] = json.dumps({"toast": [*news, *more], "told": list(news)})
    return response


def with_waiting_toasts(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if waiting := [{"text": str(message), "kind": message.level_tag} for message in messages.get_messages(request)]:
        response["HX-Trigger"] = json.dumps({"toast": waiting})
    return response
