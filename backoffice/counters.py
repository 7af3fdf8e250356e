"""What web processes count for /metrics; nothing is counted unless METRICS_TOKEN is set.

The processes of one server share a directory of theirs alone, which the settings name before the library is loaded.
"""

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_own = CollectorRegistry()
REQUESTS = Counter("desk_requests", "Requests answered.", ["method", "route", "status"], registry=_own)
DURATIONS = Histogram("desk_request_seconds", "How long they took.", ["method", "route"], buckets=SECONDS, registry=_own)
MONEY = Counter("desk_money_calls", "Calls that move money, by how they ended.", ["call", "outcome"], registry=_own)
TURNED_AWAY = Counter("desk_turned_away", "Requests turned away because too many waited.", registry=_own)
# The last word of the route that moves money.
CALLS = ("deposit", "withdrawal", "withdrawal-confirm", "withdrawal-cancel")


def answered(method: str, route: str, status: int, seconds: float, code: str) -> None:
    if not settings.METRICS_TOKEN:
        return
    REQUESTS.labels(method, route, str(status)).inc()
    DURATIONS.labels(method, route).observe(seconds)
    call = route.rpartition("/")[2]
    if call in CALLS and "/transfers/" in route:
        MONEY.labels(call, code or ("done" if status < 400 else str(status))).inc()


def turned_away(count: int) -> None:
    if settings.METRICS_TOKEN:
        TURNED_AWAY.inc(count)


def text() -> bytes:
    """Of all processes of this server."""
    if not settings.METRICS_FOLDER:
        return generate_latest(_own)
    together = CollectorRegistry()
    MultiProcessCollector(together, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]  # the library types all but this
    return generate_latest(together)
