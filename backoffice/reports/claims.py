"""Claims of reports by workers: one maker at a time, a lease that ends by itself, and writes that a lost lease cannot make."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from backoffice.contracts.reports import ReportStatus
from backoffice.reports import notices
from backoffice.reports.models import WAITING, Report

LEASE = timedelta(seconds=30)
CLAIMS_MOST = 3
RESTED: dict[str, Any] = {"lease_token": None, "lease_until": None, "claims": 0}


class LeaseLost(Exception):
    """Someone else makes the report now: whatever this worker was doing is not written."""


class Lease:
    """The right to write a report. Every write proves it."""

    def __init__(self, report_id: UUID, token: UUID) -> None:
        self.report_id, self.token = report_id, token

    def renew(self, rows_done: int, rows_total: int | None) -> bool:
        """Tell how far it is; whether it is still wanted. Refuses: LeaseLost."""
        self._set({"lease_until": Now() + LEASE, "rows_done": rows_done, "rows_total": rows_total})
        return not Report.objects.filter(pk=self.report_id, cancelled_by__isnull=False).exists()

    def rest(self, status: ReportStatus, **values: Any) -> None:
        """Its end. Refuses: LeaseLost."""
        self._set(RESTED | {"status": status, "finished_at": Now()} | values)

    def give_back(self) -> None:
        """What others than the report are to blame for does not count against it: the next one may claim it at once."""
        self._set({"lease_token": None, "lease_until": None, "claims": F("claims") - 1})

    def _set(self, values: Mapping[str, Any]) -> None:
        if not Report.objects.filter(pk=self.report_id, lease_token=self.token).update(**values):
            raise LeaseLost(str(self.report_id))


def claim(report_id: UUID) -> tuple[Report, Lease] | None:
    """None when it is made elsewhere, has ended, or has stopped its worker too often."""
    with transaction.atomic():
        waiting = Report.objects.select_for_update(skip_locked=True, of=("self",)).filter(status__in=WAITING)
        report = waiting.exclude(lease_until__gt=Now()).filter(pk=report_id).first()
        if report is None:
            return None
        if report.cancelled_by is not None:
            end(report, cancelled(report.cancelled_by), is_told=False)
            return None
        if report.claims >= CLAIMS_MOST:
            end(report, f"It stopped the worker {CLAIMS_MOST} times; narrow the filters, or choose CSV.")
            return None
        lease = Lease(report.pk, uuid4())
        taken: dict[str, Any] = {"lease_token": lease.token, "lease_until": Now() + LEASE, "claims": F("claims") + 1}
        begun = {"status": "InProgress", "rows_done": 0, "rows_total": None, "started_at": Coalesce("started_at", Now())}
        Report.objects.filter(pk=report.pk).update(**taken, **begun)
    return report, lease


def end(report: Report, reason: str, *, is_told: bool = True) -> None:
    """Of one that nobody makes; its row is locked."""
    Report.objects.filter(pk=report.pk).update(**RESTED, status="Failed", status_reason=reason[:500], finished_at=Now())
    if is_told:
        notices.failed(report, reason)


def cancelled(by: str) -> str:
    return f"Cancelled by {by}."


def due() -> list[Report]:
    """Those that wait and that nobody makes, oldest first."""
    return list(Report.objects.filter(status__in=WAITING).exclude(lease_until__gt=Now()).order_by("created_at")[:100])
