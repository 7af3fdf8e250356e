"""The bell of the worker that makes reports."""

from backoffice.core import doorbell

RUN = "backoffice.jobs.reports.run"


def ring(report_id: str) -> None:
    doorbell.ring(RUN, report_id, queue="reports")
