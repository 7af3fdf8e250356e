"""Keeps the claim of a report while it is made: a thread that tells how far it is, and stops the making that is no longer wanted."""

import logging
import threading
import time
from types import TracebackType

from django.db import connection

from backoffice.core.outages import OUTAGES
from backoffice.reports.claims import LEASE, Lease, LeaseLost
from backoffice.reports.snapshot import Snapshot

log = logging.getLogger(__name__)
SECONDS = 1.0
# Less than what the task may take, which would be killed and begun again.
SECONDS_MOST = 3_300


class Cancelled(Exception):
    """Somebody wants it no more."""


class TooLong(Exception):
    """It takes more time than a report may."""


class Keeper:
    """Whoever makes the report calls `told` every now and then; a statement that runs meanwhile is interrupted from here."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.rows_done = 0
        self.rows_total: int | None = None
        self.snapshot: Snapshot | None = None
        self.stopped: type[Exception] | None = None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self.began = self.renewed_at = time.monotonic()

    def __enter__(self) -> "Keeper":
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.ended.set()
        self.thread.join()

    def told(self, rows_done: int) -> None:
        """Refuses: Cancelled, LeaseLost, TooLong."""
        self.rows_done = rows_done
        self.check()

    def check(self) -> None:
        """Refuses: Cancelled, LeaseLost, TooLong."""
        if self.stopped is not None:
            raise self.stopped(str(self.lease.report_id))

    def _keep(self) -> None:
        try:
            while not self.ended.wait(SECONDS):
                if self.stopped is None:
                    self._renew()
                if self.stopped is None and time.monotonic() - self.began > SECONDS_MOST:
                    self.stopped = TooLong
                if self.stopped is not None:
                    # Again and again: a statement may begin behind the first interruption.
                    self._interrupt()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            if not self.lease.renew(self.rows_done, self.rows_total):
                self.stopped = Cancelled
            self.renewed_at = time.monotonic()
        except LeaseLost:
            self.stopped = LeaseLost
        except OUTAGES:
            connection.close()
            # Without the database nobody else claims it either; behind its end the lease may be another's.
            if time.monotonic() - self.renewed_at > LEASE.total_seconds():
                self.stopped = LeaseLost

    def _interrupt(self) -> None:
        if self.snapshot is not None:
            try:
                self.snapshot.interrupt()
            except Exception:
                log.warning("the statement of report %s could not be interrupted", self.lease.report_id, exc_info=True)
