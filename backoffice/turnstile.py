"""Lets so many requests in at once, each with a database connection; so many more wait their turn, and the rest is turned away at once.

A crowd that is left to wait is answered when it has given up, and asks again: then all is done and nothing of use.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from http import HTTPStatus
from typing import Any, cast

import msgspec
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from backoffice import counters
from backoffice.api.problems import BLANK, RETRY_SECONDS, Problem
from backoffice.hosts import PROBES
from backoffice.trace_ids import trace_id_for

log = logging.getLogger(__name__)
# More at once would only cut Python's time into thinner slices.
INSIDE = 4
WAITING = 28
PATIENCE_SECONDS = 2.0
NOTED_EVERY_SECONDS = 10.0
BUSY = "The desk is busy; repeat the request a little later."

Serve = Callable[[dict[str, Any], Callable[..., Any]], Any]


class Waiter:
    """Somebody in the queue; `place` is there once `called` is set free."""

    def __init__(self) -> None:
        self.called = threading.Lock()
        self.called.acquire()
        self.place: Any = None


class Places:
    """Whoever came first gets the next place: it is handed over, since a thread that runs would else always be quicker than one that wakes up."""

    def __init__(self, places: Iterable[Any], *, waiting: int, patience: float) -> None:
        self.free, self.most_waiting, self.patience = list(places), waiting, patience
        self.queue: deque[Waiter] = deque()
        self.lock = threading.Lock()

    def take(self, *, is_urgent: bool) -> Any:
        """None when there is no hope of one soon; what is urgent waits in any case."""
        with self.lock:
            if self.free:
                return self.free.pop()
            if len(self.queue) >= self.most_waiting and not is_urgent:
                return None
            waiter = Waiter()
            self.queue.append(waiter)
        if not waiter.called.acquire(timeout=self.patience):
            with self.lock, suppress(ValueError):
                self.queue.remove(waiter)
        # It may have come in the last moment.
        return waiter.place

    def give(self, place: Any) -> None:
        with self.lock:
            if not self.queue:
                self.free.append(place)
                return
            waiter = self.queue.popleft()
            waiter.place = place
        waiter.called.release()


class Turnstile:
    """The server needs more threads than there is room here: those left over turn away."""

    def __init__(self, serve: Serve, *, inside: int = INSIDE, waiting: int = WAITING, patience: float = PATIENCE_SECONDS) -> None:
        self.serve = serve
        self.places = Places([_shared_connection() for _ in range(inside)], waiting=waiting, patience=patience)
        self.turned_away, self.noted_at = 0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # A full house is no reason to restart it, so a probe is never sent away.
        place = self.places.take(is_urgent=environ["PATH_INFO"] in PROBES)
        if place is None:
            return self._turn_away(environ, start_response)
        # Django keeps one connection a thread, and here are many more threads than connections.
        connections[DEFAULT_DB_ALIAS] = place
        try:
            return _whole(self.serve(environ, start_response))
        finally:
            del connections[DEFAULT_DB_ALIAS]
            self.places.give(place)

    def _turn_away(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._note()
        trace_id = trace_id_for(environ.get("HTTP_X_REQUEST_ID", ""), environ.get("HTTP_TRACEPARENT", ""))
        kind, body = "text/plain; charset=utf-8", BUSY.encode()
        status = HTTPStatus.SERVICE_UNAVAILABLE
        if environ["PATH_INFO"].startswith(settings.API_PATHS):
            told = Problem(type=BLANK, title=status.phrase, status=status, detail=BUSY, code="unavailable", trace_id=trace_id)
            kind, body = "application/problem+json", msgspec.json.encode(told)
        headers = [("Content-Type", kind), ("Retry-After", str(RETRY_SECONDS)), ("Cache-Control", "no-store"), ("X-Request-ID", trace_id)]
        start_response(f"{status} {status.phrase}", headers)
        return [body]

    def _note(self) -> None:
        """One line now and then: a crowd must not fill the disk as well. Uncounted races cost a number, not a request."""
        self.turned_away += 1
        now = time.monotonic()
        if now - self.noted_at >= NOTED_EVERY_SECONDS:
            counters.turned_away(self.turned_away)
            log.warning("%d requests turned away: more than can be answered soon", self.turned_away)
            self.turned_away, self.noted_at = 0, now


def _shared_connection() -> Any:
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    connection.inc_thread_sharing()
    return connection


def _whole(response: Any) -> Iterable[bytes]:
    """Closed while its place is held, for that looks after the connection. The server sends a list in one piece, at a fifth of the cost."""
    if response.streaming:
        return cast(Iterable[bytes], response)
    with closing(response):
        return [response.content]
