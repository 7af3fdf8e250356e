"""Market files: uploads, what they would do, what became of them, exports."""

from typing import Annotated

from msgspec import Meta

from backoffice.api.bodies import refused
from backoffice.api.endpoint import MEDIA, Download
from backoffice.api.uploads import Upload
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.market_files import (
    FileMapping,
    FilePreviewRow,
    FileResult,
    FileStarted,
    MappingPreset,
    MarketFile,
    NewMappingPreset,
    RowAction,
)
from backoffice.contracts.paging import Page
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.contracts.value import Value
from backoffice.services import back_api

# Rows are counted in 32 bits.
Row = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Limit = Annotated[int, Meta(ge=1, le=1_000)]


class FilesQuery(Value, frozen=True, kw_only=True):
    after: str | None = None
    limit: Limit = 50


class RowsQuery(Value, frozen=True, kw_only=True):
    action: RowAction | None = None
    after: Row = 0
    limit: Limit = 100


class ErrorsQuery(Value, frozen=True, kw_only=True):
    """With a `format` the incorrect rows come as a file to repair and import again."""

    after: Row = 0
    limit: Limit = 1_000
    format: FileFormat | None = None


class ExportQuery(Value, frozen=True, kw_only=True):
    format: FileFormat = "Csv"


def upload(actor: Actor, body: Upload) -> FileStarted:
    """Upload a market file."""
    files = back_api().market_files
    mapping = body.mapping
    if body.preset_id is not None:
        mapping = next((preset.mapping for preset in files.presets(actor) if preset.id == body.preset_id), None)
        if mapping is None:
            raise NotFound("There is no such mapping preset.")
    return files.upload(actor, body.file, name=body.name, mode=body.mode, mapping=mapping)


def result(actor: Actor, file_id: str) -> FileResult:
    """The outcome of an import or export, in few words."""
    return back_api().market_files.result(actor, file_id)


def find(actor: Actor, query: FilesQuery) -> Page[MarketFile]:
    """Every market file, newest first."""
    try:
        return back_api().market_files.find(actor, after=query.after, limit=query.limit)
    except NotFound:
        raise refused("after", "Expected the `next` of an earlier page.") from None


def get(actor: Actor, file_id: str) -> MarketFile:
    """One market file."""
    return back_api().market_files.get(actor, file_id)


def rows(actor: Actor, file_id: str, query: RowsQuery) -> Page[FilePreviewRow]:
    """The data rows of a file and what they do."""
    return back_api().market_files.rows(actor, file_id, action=query.action, after=query.after, limit=query.limit)


def errors(actor: Actor, file_id: str, query: ErrorsQuery) -> Page[CellError] | Download:
    """Every fault of a file."""
    files = back_api().market_files
    if query.format is None:
        return files.errors(actor, file_id, after=query.after, limit=query.limit)
    path = files.errors_file(actor, file_id, format=query.format)
    return Download(f"market-errors.{query.format.lower()}", path, MEDIA[query.format])


def apply(actor: Actor, file_id: str) -> FileStarted:
    """Apply the right rows of a preview."""
    return back_api().market_files.apply(actor, file_id)


def repair(actor: Actor, file_id: str) -> FileStarted:
    """Preview again with every suggestion taken."""
    return back_api().market_files.repair(actor, file_id)


def discard(actor: Actor, file_id: str) -> None:
    """Discard a preview."""
    back_api().market_files.discard(actor, file_id)


def undo(actor: Actor, file_id: str) -> None:
    """Undo an applied file."""
    back_api().market_files.undo(actor, file_id)


def remap(actor: Actor, file_id: str, body: FileMapping) -> FileStarted:
    """Read a preview again through a mapping."""
    return back_api().market_files.remap(actor, file_id, body)


def export(actor: Actor, query: ExportQuery) -> FileStarted:
    """Start an export, or join one that runs."""
    return back_api().market_files.export(actor, format=query.format)


def download(actor: Actor, file_id: str) -> Download:
    """The finished export."""
    name, path = back_api().market_files.download(actor, file_id)
    return Download(name, path, MEDIA["Xlsx" if path.suffix == ".xlsx" else "Csv"])


def presets(actor: Actor) -> list[MappingPreset]:
    """Every mapping preset."""
    return back_api().market_files.presets(actor)


def save_preset(actor: Actor, body: NewMappingPreset) -> MappingPreset:
    """Make or replace a mapping preset."""
    return back_api().market_files.save_preset(actor, body)


def delete_preset(actor: Actor, preset_id: str) -> None:
    """Delete a mapping preset."""
    back_api().market_files.delete_preset(actor, preset_id)
