"""Only the hosts in ALLOWED_HOSTS are answered, on API paths as well; the probes come by address."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from backoffice.api.problems import problem
from backoffice.tracing import trace_id_of

PROBES = ("/livez", "/readyz", "/metrics")
log = logging.getLogger(__name__)


def known(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path not in PROBES:
            try:
                request.get_host()
            except DisallowedHost as refusal:
                # Anybody can send this all day: one line of log, where Django would write a whole trace.
                log.warning("refused a host: %s", refusal, extra={"trace_id": trace_id_of(request)})
                return problem(request, HTTPStatus.BAD_REQUEST, "invalid", "This host is not served here.")
        return get_response(request)

    return middleware
