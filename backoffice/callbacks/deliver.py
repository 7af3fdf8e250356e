"""The dispatcher: one loop claims and marks, a pool of threads sends, and no transaction is open while anything is on the wire."""

import logging
import queue
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import NamedTuple

from django.db import connection

from backoffice.callbacks import claims, doorbell, lane, marks, signers
from backoffice.callbacks.claims import Job
from backoffice.callbacks.signers import Signer
from backoffice.contracts.actor import Actor
from backoffice.core import arming
from backoffice.core.crashes import crash
from backoffice.core.outages import OUTAGES

log = logging.getLogger(__name__)
LANES = 20
# Hosts that were slow lately share this many: however many of them hang, the others find a lane.
SLOW_LANES = 10
# Then the task ends and the next one goes on, so that a release or a stop never waits long.
CLAIMING_SECONDS = 300
# Results are marked together: as many as come within a moment, or until a lane is free again.
MOMENT_SECONDS = 0.05
MOST_MARKS = 200
LOOK_SECONDS = 0.25
# While lanes are on the wire, a hanging one perhaps, news for other hosts are asked for this often: what is new must not wait for what hangs.
NEWS_SECONDS = 0.01
# What was sent and cannot be marked is sent again, so the marks outwait a restart of the database.
MARK_TRIES, MARK_PAUSE_SECONDS = 15, 1.0


class Ended(NamedTuple):
    """A lane is free; these were not sent."""

    is_slow: bool
    unsent: list[Job]


def deliver(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    return Dispatcher().run() if arming.is_armed() else 0


class Dispatcher:
    """`claiming` bounds how long it takes on new work; whatever is on the wire then is waited for and marked."""

    def __init__(self, *, claiming: float = CLAIMING_SECONDS) -> None:
        self.until = time.monotonic() + claiming
        self.told: queue.SimpleQueue[marks.Result | Ended] = queue.SimpleQueue()
        self.running = self.running_slow = self.attempts = 0

    def run(self) -> int:
        """How many attempts counted."""
        doorbell.heard()
        with ThreadPoolExecutor(LANES, thread_name_prefix="lane") as pool:
            while self._claim(pool) or self.running:
                self._mark(self._gathered())
        if time.monotonic() > self.until:
            # There may be more; another task goes on with it.
            doorbell.ring()
        return self.attempts

    def _claim(self, pool: ThreadPoolExecutor) -> bool:
        """Whether anything was taken."""
        free = LANES - self.running
        if free <= 0 or time.monotonic() > self.until:
            return False
        batches = claims.take(free, slow=max(0, SLOW_LANES - self.running_slow))
        if not batches:
            return False
        crash("callback_after_claim")
        known = signers.of({job.client_id for job in chain.from_iterable(batches)})
        for batch in batches:
            self.running += 1
            self.running_slow += batch[0].is_slow
            pool.submit(self._lane, batch, known)
        return True

    def _lane(self, batch: list[Job], known: Mapping[str, Signer]) -> None:
        unsent: list[Job] = []
        try:
            unsent = lane.run(batch, known, self.told.put)
        except Exception:
            # Whatever broke it, the others go on; what it did not tell of waits until the lease ends.
            log.exception("a lane to %s broke", batch[0].host)
        finally:
            self.told.put(Ended(batch[0].is_slow, unsent))

    def _gathered(self) -> list[marks.Result | Ended]:
        """What the lanes tell within a moment, at once when one is free; nothing when there is news, or time to look for work of other hosts."""
        found: list[marks.Result | Ended] = []
        until = time.monotonic() + LOOK_SECONDS
        while len(found) < MOST_MARKS:
            try:
                one = self.told.get(timeout=max(0, min(until - time.monotonic(), NEWS_SECONDS)))
            except queue.Empty:
                if time.monotonic() >= until or (not found and self.running < LANES and doorbell.has_news()):
                    break
                continue
            if not found:
                until = time.monotonic() + MOMENT_SECONDS
            if isinstance(one, Ended):
                until = 0
            found.append(one)
        return found

    def _mark(self, told: list[marks.Result | Ended]) -> None:
        results = [one for one in told if isinstance(one, marks.Result)]
        ended = [one for one in told if isinstance(one, Ended)]
        self.running -= len(ended)
        self.running_slow -= sum(one.is_slow for one in ended)
        unsent = [job for one in ended for job in one.unsent]
        for tries in range(1, MARK_TRIES + 1):
            try:
                self.attempts += marks.write(results, unsent)
                break
            except OUTAGES:
                if tries == MARK_TRIES:
                    raise
                connection.close()
                # A database that starts again is back in seconds; what was sent and is not marked would be sent twice.
                time.sleep(MARK_PAUSE_SECONDS)
        if results:
            crash("callback_after_mark")
