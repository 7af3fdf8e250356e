"""GET /metrics for Prometheus: absent without METRICS_TOKEN, and then for whoever shows it as a Bearer token."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

from backoffice import counters
from backoffice.gauges import Gauges

PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        return HttpResponse("There is nothing under this address.\n", status=404, content_type=PLAIN)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        answer = HttpResponse("A valid Bearer token is needed.\n", status=401, content_type=PLAIN)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    work = CollectorRegistry()
    work.register(Gauges())
    return HttpResponse(counters.text() + generate_latest(work), content_type=CONTENT_TYPE_PLAIN_0_0_4)
