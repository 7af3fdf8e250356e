"""What web processes count for /metrics; nothing is counted, and no library loaded, unless METRICS_TOKEN is set."""

from importlib import import_module
from typing import Any

from django.conf import settings

# The last word of the route that moves money.
CALLS = ("deposit", "withdrawal", "withdrawal-confirm", "withdrawal-cancel")


def answered(method: str, route: str, status: int, seconds: float, code: str) -> None:
    if not settings.METRICS_TOKEN:
        return
    counted = _counted()
    counted.REQUESTS.labels(method, route, str(status)).inc()
    counted.DURATIONS.labels(method, route).observe(seconds)
    call = route.rpartition("/")[2]
    if call in CALLS and "/transfers/" in route:
        counted.MONEY.labels(call, code or ("done" if status < 400 else str(status))).inc()


def turned_away(count: int) -> None:
    if settings.METRICS_TOKEN:
        _counted().TURNED_AWAY.inc(count)


def text() -> bytes:
    told: bytes = _counted().text()
    return told


def _counted() -> Any:
    return import_module("backoffice.counted")
