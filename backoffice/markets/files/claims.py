"""Claims of files by workers: one holder at a time, a lease that ends by itself, and writes that a lost lease cannot make."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from backoffice.markets.files import notices
from backoffice.markets.models import MarketFile

LEASE = timedelta(seconds=30)
CLAIMS_MOST = 3
WAITING = ("Queued", "Reading", "Applying")
RESTED = {"lease_token": None, "lease_until": None, "claims": 0}


class LeaseLost(Exception):
    """Someone else holds the file now: whatever this worker was doing is not written."""


class Lease:
    """The right to write a file's progress. Every write proves it, and holds the file's row until its transaction ends."""

    def __init__(self, file_id: UUID, token: UUID) -> None:
        self.file_id, self.token = file_id, token

    def write(self, **values: Any) -> None:
        """Renew the lease and set columns of the file. Refuses: LeaseLost."""
        self._set({"lease_until": Now() + LEASE} | values)

    def rest(self, **values: Any) -> None:
        """Set columns and give the file up at a resting stage. Refuses: LeaseLost."""
        self._set(RESTED | values)

    def _set(self, values: Mapping[str, Any]) -> None:
        held = MarketFile.objects.filter(pk=self.file_id, lease_token=self.token)
        if not held.update(updated_at=Now(), **values):
            raise LeaseLost(str(self.file_id))


def claim(file_id: str) -> tuple[MarketFile, Lease] | None:
    """The file and its lease; None when it is held elsewhere, rests, or has stopped its worker too often."""
    with transaction.atomic():
        due = MarketFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(stage__in=WAITING)
        file = due.exclude(lease_until__gt=Now()).filter(pk=file_id).first()
        if file is None:
            return None
        if file.claims >= CLAIMS_MOST:
            stopped(file)
            return None
        lease = Lease(file.pk, uuid4())
        stage = "Applying" if file.stage == "Applying" else "Reading"
        taken = {"lease_token": lease.token, "lease_until": Now() + LEASE, "claims": F("claims") + 1, "stage": stage}
        MarketFile.objects.filter(pk=file.pk).update(updated_at=Now(), **taken)
    file.refresh_from_db()
    return file, lease


def stopped(file: MarketFile) -> None:
    reason = (
        f"It stopped the worker {CLAIMS_MOST} times."
        if file.stage != "Applying"
        else f"Applying it stopped the worker {CLAIMS_MOST} times; nothing was applied."
    )
    MarketFile.objects.filter(pk=file.pk).update(updated_at=Now(), **RESTED, stage="Failed", stage_reason=reason)
    notices.failed(file.pk)


def due() -> list[MarketFile]:
    """Files that wait and that nobody holds, oldest first."""
    return list(MarketFile.objects.filter(stage__in=WAITING).exclude(lease_until__gt=Now()).order_by("created_at")[:100])


def patient() -> None:
    """Let this transaction's statements run as long as a whole file takes; a door's limits are for requests.

    The planner knows nothing yet of rows that were written a moment ago: its nested loops over them took minutes for 100,000 rows,
    and compiling these wide statements takes longer than running them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '10min';"
            "SET LOCAL enable_nestloop = off; SET LOCAL jit = off"
        )
