"""Market files: definitions in and out as CSV or XLSX, checked cell by cell, previewed, applied in one transaction, undone."""

from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import FieldChange, MarketQuery
from backoffice.contracts.paging import Page
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.contracts.value import Value

# Preview waits for `apply`; ValidRows applies what is right; AllOrNothing applies a file without any fault.
FileMode = Literal["Preview", "ValidRows", "AllOrNothing"]
FileDirection = Literal["Import", "Export"]
FileStage = Literal["Queued", "Reading", "Previewed", "Applying", "Applied", "Exported", "Discarded", "Undone", "Failed"]
# The contract's word for a stage. A preview is not complete: nothing has happened yet.
FileStatus = Literal["InProcess", "Completed", "Failed"]
RowAction = Literal["Created", "Updated", "Unchanged", "Invalid"]
# WithoutQuote: the symbol less its trailing quote asset. Decimals: how many decimal places the number has, 2 at least.
Transform = Literal["WithoutQuote", "Decimals", "Lower"]


class FieldSource(Value, frozen=True, kw_only=True):
    """Where one of our fields comes from in a foreign layout: a column (its cells passed through `values`, then `transform`), or a constant."""

    field: str
    column: str | None = None
    constant: str | None = None
    values: dict[str, str] = {}
    transform: Transform | None = None


class RowFilter(Value, frozen=True, kw_only=True):
    """Only rows whose cell in `column` is one of `values` are data."""

    column: str
    values: list[str]


class FileMapping(Value, frozen=True, kw_only=True):
    """How a foreign layout becomes ours.

    Assets that are missing are made as internal ones when `create_assets`; without `sources` the layout is ours.
    """

    sources: list[FieldSource]
    row_filters: list[RowFilter] = []
    comment_prefix: str | None = None
    create_assets: bool = False


class MappingPreset(Value, frozen=True, kw_only=True):
    id: str
    name: str
    mapping: FileMapping


class NewMappingPreset(Value, frozen=True, kw_only=True):
    name: str
    mapping: FileMapping


class DueFile(Value, frozen=True):
    """A file that waits for a worker, and in whose name it is worked on."""

    id: str
    requester_kind: str
    requester_id: str


class FileStarted(Value, frozen=True, kw_only=True):
    id: str
    status: FileStatus


class FileResult(Value, frozen=True, kw_only=True):
    """What the contract says of a file; `incorrect_rows` are lines of the file, the header being line 1."""

    status: FileStatus
    created: int
    updated: int
    errors: int
    incorrect_rows: list[int]


class MarketFile(Value, frozen=True, kw_only=True):
    """A file and what became of it. created + updated + unchanged + errors = data rows once it is read."""

    id: str
    direction: FileDirection
    name: str
    format: FileFormat
    size: int
    mode: FileMode
    stage: FileStage
    stage_reason: str | None
    mapping: FileMapping | None
    takes_suggestions: bool
    """It was read with every suggestion taken."""
    rows_read: int
    rows_total: int | None
    created: int
    updated: int
    unchanged: int
    errors: int
    assets_created: int
    requested_by: str
    created_at: datetime
    updated_at: datetime
    applied_at: datetime | None
    same_as: str | None
    """An earlier applied file with the very same bytes."""


class FilePreviewRow(Value, frozen=True, kw_only=True):
    """One data row and what it would do; `warnings` say what that would break."""

    row: int
    action: RowAction
    market_id: str | None
    display_name: str | None
    changes: list[FieldChange]
    warnings: list[str]


class FileSample(Value, frozen=True, kw_only=True):
    """The head of an uploaded file, for mapping it: its own headers, rows of cells, the values of columns that have few of them, and a guess."""

    headers: list[str]
    rows: list[list[str]]
    distinct: dict[str, list[str]]
    is_ours: bool
    guess: FileMapping


class MappedSample(Value, frozen=True, kw_only=True):
    """The first rows as the mapping would read them: cells by our field names, and the faults."""

    fields: list[str]
    rows: list[list[str]]
    errors: list[CellError]


class MarketFiles(Protocol):
    def upload(self, actor: Actor, content: BinaryIO, *, name: str, mode: FileMode, mapping: FileMapping | None = None) -> FileStarted:
        """Store the file and queue it; answers at once.

        Refuses: Invalid (empty, too large, neither CSV nor XLSX), NotPermitted (to create assets).
        """

    def result(self, actor: Actor, file_id: str) -> FileResult:
        """Imports and exports alike. Refuses: NotFound."""

    def get(self, actor: Actor, file_id: str) -> MarketFile:
        """Refuses: NotFound."""

    def find(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[MarketFile]:
        """Newest first."""

    def rows(self, actor: Actor, file_id: str, *, action: RowAction | None = None, after: int = 0, limit: int = 100) -> Page[FilePreviewRow]:
        """The data rows and what they do, by row. Refuses: NotFound."""

    def errors(self, actor: Actor, file_id: str, *, after: int = 0, limit: int = 1000) -> Page[CellError]:
        """Every fault, by row. Refuses: NotFound."""

    def errors_file(self, actor: Actor, file_id: str, *, format: FileFormat) -> Path:
        """The incorrect rows alone, in our layout, to be repaired and imported again; columns that begin with # are ignored then.

        Refuses: NotFound.
        """

    def apply(self, actor: Actor, file_id: str) -> FileStarted:
        """Apply the valid rows of a preview, in the worker.

        Markets that changed since make it a new preview. Refuses: NotFound, Conflict (not waiting for it).
        """

    def repair(self, actor: Actor, file_id: str) -> FileStarted:
        """A new preview of the same file with every suggestion taken: the same id, or a new one when the file is applied.

        Refuses: NotFound, Conflict.
        """

    def discard(self, actor: Actor, file_id: str) -> None:
        """Refuses: NotFound, Conflict."""

    def undo(self, actor: Actor, file_id: str) -> None:
        """Restore every field that the applied file changed and remove what it created.

        Refuses: NotFound, Conflict (not applied; later edits touched the same fields: `fields` names each market).
        """

    def export(self, actor: Actor, *, format: FileFormat = "Csv", query: MarketQuery | None = None) -> FileStarted:
        """Start an export of the markets that match, or join one that is running or fresh for the same actor and query."""

    def download(self, actor: Actor, file_id: str) -> tuple[str, Path]:
        """The file name and the finished export. Refuses: NotFound, Invalid (not finished)."""

    def sample(self, actor: Actor, file_id: str) -> FileSample:
        """The head of an upload that was previewed or could not be read. Refuses: NotFound, Invalid (no text can be read from it)."""

    def try_mapping(self, actor: Actor, file_id: str, mapping: FileMapping) -> MappedSample:
        """The first rows through a mapping; stores nothing. Refuses: NotFound, Invalid."""

    def remap(self, actor: Actor, file_id: str, mapping: FileMapping) -> FileStarted:
        """Read the upload of a preview, or of a file that failed, again through a mapping; it becomes a preview.

        Refuses: NotFound, Conflict, Invalid.
        """

    def presets(self, actor: Actor) -> list[MappingPreset]:
        """By name."""

    def save_preset(self, actor: Actor, draft: NewMappingPreset) -> MappingPreset:
        """Create, or replace the one of that name. Refuses: Invalid."""

    def delete_preset(self, actor: Actor, preset_id: str) -> None:
        """Refuses: NotFound."""

    def run(self, actor: Actor, file_id: str) -> None:
        """The worker's part: claim the file and bring it to its next resting stage. A file claimed elsewhere is left alone."""

    def due(self, actor: Actor, *, file_id: str | None = None) -> list[DueFile]:
        """For the worker: files that nobody works on, oldest first; or the one named, whatever its stage."""

    def abandon(self, actor: Actor, file_id: str, *, reason: str) -> None:
        """For the worker: a waiting file that cannot go on, because its requester may no longer act, fails."""

    def clean(self, actor: Actor) -> int:
        """For the worker: remove stored files and rows older than a week; how many."""
