"""Where a request comes from, which id it has, and the one line that is logged of it."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from backoffice import access, spans
from backoffice.trace_ids import bound, trace_id_for


def traced(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        trace_id = trace_id_for(request.META.get("HTTP_X_REQUEST_ID", ""), request.META.get("HTTP_TRACEPARENT", ""))
        request.META["desk.trace_id"] = trace_id
        traceparent = request.META.get("HTTP_TRACEPARENT", "")
        with bound(trace_id), spans.request(request.method or "", traceparent) as span, access.telling() as told:
            response = get_response(request)
            response["X-Request-ID"] = trace_id
            access.answered(request, response.status_code, time.perf_counter() - began, told)
            spans.answered(span, request.method or "", access.route_of(request), response.status_code, trace_id)
        return response

    return middleware


def trace_id_of(request: HttpRequest) -> str:
    return str(request.META.get("desk.trace_id", ""))


def network_of(request: HttpRequest) -> str:
    """The client's address; behind our proxy the one that the proxy appended, never one that the client claims."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_TLS_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
