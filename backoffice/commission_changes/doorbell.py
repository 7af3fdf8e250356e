"""The bell of the worker that computes impacts."""

from backoffice.core import doorbell

ESTIMATE = "backoffice.jobs.commission_changes.estimate"


def ring(change_set_id: str) -> None:
    doorbell.ring(ESTIMATE, change_set_id, queue="files")
