"""The one loop of the process: it looks every second for all who listen, and rings for those who have not heard yet."""

import asyncio
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from django.db import Error, close_old_connections

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.events import visitors
from backoffice.events.visitors import Visitor
from backoffice.services import back_api

log = logging.getLogger(__name__)
WORKER = Actor(kind="system", id="events", name="Events", door="job", operations=frozenset({operations.WORKER}))
LOOK_SECONDS, CHECK_SECONDS, STALE_SECONDS = 1.0, 5.0, 4.0
OF_ONE, OF_ALL = 12, 2_000


class Head(NamedTuple):
    """Counters alone: what is behind them a page asks for itself."""

    notifications: int
    records: str


class Full(Exception):
    """So many listen that one more would be too many; `is_of_one`: too many of one operator."""

    def __init__(self, *, is_of_one: bool) -> None:
        super().__init__()
        self.is_of_one = is_of_one


class Listener:
    """One stream. `news` is set whenever there may be something to send."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.news = asyncio.Event()
        self.is_over = False


class Hub:
    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.head: Head | None = None
        self.looked_at = 0.0
        # One thread looks and checks, so one connection; another lets people in, who must not wait for it.
        self.looking, self.letting_in = (ThreadPoolExecutor(1, thread_name_prefix=name) for name in ("look", "visitor"))
        self.loop: asyncio.Task[None] | None = None

    @property
    def is_fresh(self) -> bool:
        """While the database is away nobody is told that all is well: pages then ask the desk, and hear the same there."""
        return time.monotonic() - self.looked_at < STALE_SECONDS

    async def visitor(self, cookies: str) -> Visitor | None:
        return await asyncio.get_running_loop().run_in_executor(self.letting_in, visitors.visitor, cookies)

    def join(self, visitor: Visitor) -> Listener:
        """Refuses: Full."""
        if len(self.listeners) >= OF_ALL:
            raise Full(is_of_one=False)
        if Counter(one.visitor.operator_id for one in self.listeners)[visitor.operator_id] >= OF_ONE:
            raise Full(is_of_one=True)
        listener = Listener(visitor)
        self.listeners.add(listener)
        if self.head is not None and self.is_fresh:
            listener.news.set()
        if self.loop is None or self.loop.done():
            self.loop = asyncio.get_running_loop().create_task(self._look_on())
        return listener

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    async def _look_on(self) -> None:
        """As long as anybody listens."""
        checked_at = time.monotonic()
        while self.listeners:
            try:
                await self._look()
                if time.monotonic() - checked_at >= CHECK_SECONDS:
                    checked_at = time.monotonic()
                    await self._check()
            except Error as error:
                log.warning("the database does not answer: %s", type(error).__name__)
            except Exception:
                # Whatever it is, the next look may do better; the loop is all that listeners have.
                log.exception("a look for news failed")
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        found = await asyncio.get_running_loop().run_in_executor(self.looking, _head)
        was_away, self.looked_at = not self.is_fresh, time.monotonic()
        if found != self.head or was_away:
            self.head = found
            for listener in self.listeners:
                listener.news.set()

    async def _check(self) -> None:
        """Those whose sign-in is over are let go."""
        known = {one.visitor.sign_in_id for one in self.listeners}
        there = await asyncio.get_running_loop().run_in_executor(self.looking, visitors.still_there, known)
        for listener in self.listeners:
            if listener.visitor.sign_in_id in known - there:
                listener.is_over = True
                listener.news.set()


def _head() -> Head:
    close_old_connections()
    return Head(*back_api().notifications.head(WORKER))
