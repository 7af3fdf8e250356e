"""One line of log for each request: who, what, how it ended and how long it took; never an address, a query or a body."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.http import HttpRequest

from backoffice import counters

log = logging.getLogger(__name__)
# Asked all day by machines that look at the answer themselves, or worth no line.
QUIET = ("/livez", "/readyz", "/metrics", "/static/")
PARAMETER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
UNKNOWN = "unknown"

_told: ContextVar[dict[str, str] | None] = ContextVar("told", default=None)


@contextmanager
def telling() -> Iterator[dict[str, str]]:
    """Collects what is noted in here."""
    told: dict[str, str] = {}
    token = _told.set(told)
    try:
        yield told
    finally:
        _told.reset(token)


def note(**fields: str) -> None:
    """For the line of the request that runs here, if any does. `backoffice.logs` says which fields are written."""
    told = _told.get()
    if told is not None:
        told.update(fields)


def answered(request: HttpRequest, status: int, seconds: float, told: dict[str, str]) -> None:
    if request.path.startswith(QUIET) and status < 500:
        return
    route = route_of(request)
    counters.answered(request.method or "", route, status, seconds, told.get("code", ""))
    fields = {"method": request.method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1), **told}
    log.log(logging.INFO if status < 500 else logging.ERROR, "answered", extra=fields)


def route_of(request: HttpRequest) -> str:
    """The pattern that the path fits, with names where its ids stand: what is in the path is nobody's business."""
    match = request.resolver_match
    return _readable(match.route) if match else UNKNOWN


@lru_cache(maxsize=1_000)
def _readable(route: str) -> str:
    plain = PARAMETER.sub(lambda found: "{" + (found[1] or found[2]) + "}", route)
    return "/" + plain.removeprefix("^").removesuffix(r"\Z")
