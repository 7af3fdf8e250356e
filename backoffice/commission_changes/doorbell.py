"""The bell of the worker that computes impacts and applies what is due."""

from backoffice.core import doorbell

RUN = "backoffice.jobs.commission_changes.run"


def ring(change_set_id: str) -> None:
    doorbell.ring(RUN, change_set_id, queue="files")
