"""The id that a request's answer, its log lines, its audit record and the work it leaves to a worker share."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ulid import ULID

HEADER = "desk-trace-id"
ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")
# W3C Trace Context: version, trace id, parent id, flags.
TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")

_current: ContextVar[str] = ContextVar("trace_id", default="")


@contextmanager
def bound(trace_id: str) -> Iterator[None]:
    """What happens in here belongs to that request."""
    token = _current.set(trace_id)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> str:
    """The id of what runs here; "" outside of requests and tasks."""
    return _current.get()


def trace_id_for(given: str, traceparent: str = "") -> str:
    """What the caller calls the request, when that is a plain word; else the id of the trace that it is part of, else a new one."""
    if ACCEPTED.fullmatch(given):
        return given
    found = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    return found[1] if found else str(ULID())
