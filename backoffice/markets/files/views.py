"""File rows as contract values."""

from backoffice.contracts.market_files import FileResult, FileStage, FileStatus, MarketFile
from backoffice.markets import models
from backoffice.markets.files import map, preview

DONE: tuple[FileStage, ...] = ("Applied", "Exported", "Undone", "Discarded")


def status(stage: str) -> FileStatus:
    """The contract's word. A preview is not done: nothing has happened yet."""
    return "Completed" if stage in DONE else "Failed" if stage == "Failed" else "InProcess"


def as_result(file: models.MarketFile) -> FileResult:
    """A file that failed has created and updated nothing, whatever its rows would have done."""
    happened = file.stage != "Failed"
    return FileResult(
        status=status(file.stage),
        created=file.created if happened else 0,
        updated=file.updated if happened else 0,
        errors=file.errors,
        incorrect_rows=preview.incorrect_rows(file) if file.errors else [],
    )


def as_file(file: models.MarketFile, same_as: str | None) -> MarketFile:
    return MarketFile(
        id=str(file.pk),
        direction=file.direction,
        name=file.name,
        format=file.format,
        size=file.size,
        mode=file.mode,
        stage=file.stage,
        stage_reason=file.stage_reason,
        mapping=None if file.mapping is None else map.decoded(file.mapping),
        takes_suggestions=file.takes_suggestions,
        rows_read=file.rows_read,
        rows_total=file.rows_total,
        created=file.created,
        updated=file.updated,
        unchanged=file.unchanged,
        errors=file.errors,
        assets_created=file.assets_created,
        requested_by=file.actor_name,
        created_at=file.created_at,
        updated_at=file.updated_at,
        applied_at=file.applied_at,
        same_as=same_as,
    )
