"""Where a request comes from, and the id that its answer, its log lines and its audit record share."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ulid import ULID

ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")


def traced(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        trace_id = trace_id_for(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.META["desk.trace_id"] = trace_id
        response = get_response(request)
        response["X-Request-ID"] = trace_id
        return response

    return middleware


def trace_id_for(given: str) -> str:
    """What the caller calls the request, when that is a plain word."""
    return given if ACCEPTED.fullmatch(given) else str(ULID())


def trace_id_of(request: HttpRequest) -> str:
    return str(request.META.get("desk.trace_id", ""))


def network_of(request: HttpRequest) -> str:
    """The client's address; behind our proxy the one that the proxy appended, never one that the client claims."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_TLS_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
