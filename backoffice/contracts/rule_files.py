"""Rule files: whole rule lists of commission profiles in and out as CSV or XLSX, checked cell by cell; a good file becomes a change set."""

from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.contracts.value import Value

# Drafted: it waits as a change set. Unchanged: the rules are so already. Faulty: nothing came of it but its faults.
RuleFileStage = Literal["Drafted", "Unchanged", "Faulty"]


class RuleFile(Value, frozen=True, kw_only=True):
    """An uploaded file and what its rows say of the rules there were: made + changed + kept = rows, unless it is faulty."""

    id: str
    name: str
    format: FileFormat
    size: int
    stage: RuleFileStage
    reason: str | None
    """Why nothing could be read of it, if so."""
    profile_ids: list[str]
    rows: int
    made: int
    changed: int
    removed: int
    kept: int
    errors: int
    """Incorrect rows."""
    change_set_id: str | None
    repairs: str | None
    """The faulty file whose incorrect rows this one brings anew."""
    requested_by: str
    created_at: datetime


class RuleFiles(Protocol):
    def upload(self, actor: Actor, content: BinaryIO, *, name: str) -> RuleFile:
        """Check every cell at once; without a fault, make a change set of what differs.

        Refuses: Invalid (empty, too large, too many rows, neither CSV nor XLSX, cannot be read on).
        """

    def get(self, actor: Actor, file_id: str) -> RuleFile:
        """Refuses: NotFound."""

    def errors(self, actor: Actor, file_id: str, *, after: int = 0, limit: int = 1000) -> Page[CellError]:
        """Every fault, by row. Refuses: NotFound."""

    def errors_file(self, actor: Actor, file_id: str, *, format: FileFormat) -> Path:
        """The incorrect rows alone. Uploaded again, they take their places among the right rows of that file.

        Refuses: NotFound.
        """

    def download(self, actor: Actor, *, format: FileFormat = "Csv", profile_id: str | None = None) -> tuple[str, Path]:
        """The file name and the rules of every profile, or of one: imported as they are, they change nothing. Refuses: NotFound."""
