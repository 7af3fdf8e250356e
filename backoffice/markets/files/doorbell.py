"""The bell of the worker that reads and writes market files."""

from backoffice.core import doorbell

RUN = "backoffice.jobs.market_files.run"


def ring(file_id: str) -> None:
    doorbell.ring(RUN, file_id, queue="files")
