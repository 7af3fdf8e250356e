"""Shows that beat ticks and that a worker takes what beat sends."""

import logging
import time
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import Scheduler

from backoffice.celery import app
from backoffice.core import heartbeat

log = logging.getLogger(__name__)
SECONDS_BETWEEN_SIGNS = 5.0


@app.task(name="backoffice.jobs.heartbeat.worker", ignore_result=True)
def worker() -> None:
    heartbeat.beat("worker")


class TickingScheduler(Scheduler):
    """Keeps nothing on disk: it only ticks, and what is due stands in PostgreSQL."""

    # No producer of its own, whose making waits until the broker is back: sending borrows one and gives up soon.
    producer = None  # type: ignore[assignment]  # Celery makes one where this is a property

    def __init__(self, app: Celery, *arguments: Any, **options: Any) -> None:
        self.signed_at = 0.0
        super().__init__(app, *arguments, **options)

    def setup_schedule(self) -> None:
        super().setup_schedule()
        # Everything is due at the start; a new entry would otherwise wait one interval.
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - timedelta(days=1)

    def tick(self, *arguments: Any, **options: Any) -> float:
        self._sign()
        return super().tick(*arguments, **options)

    def _sign(self) -> None:
        if time.monotonic() - self.signed_at < SECONDS_BETWEEN_SIGNS:
            return
        try:
            heartbeat.beat("beat")
            self.signed_at = time.monotonic()
        except Exception:
            # Beat outlives whatever the database suffers; /readyz tells meanwhile.
            log.exception("beat could not sign")
