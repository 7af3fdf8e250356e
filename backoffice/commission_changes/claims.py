"""Claims of impacts by workers: one holder at a time, a lease that ends by itself, and writes that a lost lease cannot make."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from backoffice.commission_changes.models import ChangeSet

LEASE = timedelta(seconds=60)
CLAIMS_MOST = 3
WAITING = ("Queued", "Running")
RESTED: dict[str, Any] = {"lease_token": None, "lease_until": None, "claims": 0}
FORGOTTEN: dict[str, Any] = RESTED | {
    "impact_status": None,
    "impact_from": None,
    "impact_to": None,
    "impact_by": None,
    "impact_asked_at": None,
    "impact_reason": None,
    "impact_rows_done": 0,
    "impact_rows_total": None,
}


class LeaseLost(Exception):
    """Someone else holds the impact now, or it is no longer wanted: whatever this worker was doing is not written."""


class Lease:
    """The right to write an impact. Every write proves it, and holds the row of the change set until its transaction ends."""

    def __init__(self, change_set_id: UUID, token: UUID) -> None:
        self.change_set_id, self.token = change_set_id, token

    def write(self, **values: Any) -> None:
        """Renew the lease and set columns. Refuses: LeaseLost."""
        self._set({"lease_until": Now() + LEASE} | values)

    def rest(self, **values: Any) -> None:
        """Set columns and give it up. Refuses: LeaseLost."""
        self._set(RESTED | values)

    def _set(self, values: Mapping[str, Any]) -> None:
        if not ChangeSet.objects.filter(pk=self.change_set_id, lease_token=self.token).update(**values):
            raise LeaseLost(str(self.change_set_id))


def claim(change_set_id: UUID) -> tuple[ChangeSet, Lease] | None:
    """None when it is held elsewhere, rests, or has stopped its worker too often."""
    with transaction.atomic():
        waiting = ChangeSet.objects.select_for_update(skip_locked=True).filter(impact_status__in=WAITING)
        found = waiting.exclude(lease_until__gt=Now()).filter(pk=change_set_id).first()
        if found is None:
            return None
        rows = ChangeSet.objects.filter(pk=found.pk)
        if found.claims >= CLAIMS_MOST:
            rows.update(**RESTED, impact_status="Failed", impact_reason=f"It stopped the worker {CLAIMS_MOST} times.")
            return None
        lease = Lease(found.pk, uuid4())
        taken: dict[str, Any] = {"lease_token": lease.token, "lease_until": Now() + LEASE, "claims": F("claims") + 1}
        rows.update(**taken, impact_status="Running", impact_rows_done=0, impact_rows_total=None)
    return found, lease


def due() -> list[UUID]:
    """Impacts that wait and that nobody computes, oldest first."""
    waiting = ChangeSet.objects.filter(impact_status__in=WAITING).exclude(lease_until__gt=Now())
    return list(waiting.order_by("impact_asked_at").values_list("pk", flat=True)[:100])


def patient() -> None:
    """Let this transaction's statements run as long as a chunk of executions may take; a door's limits are for requests.

    The hash of a chunk's orders fits in this memory; many small hashes that stay in the processor's cache are faster than one large one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL statement_timeout = '5min'; SET LOCAL lock_timeout = '30s'; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off;"
            "SET LOCAL max_parallel_workers_per_gather = 0"
        )
