"""The incorrect rows of a file alone, in our layout, with the reasons in columns that an import ignores."""

from collections.abc import Iterator
from pathlib import Path

from backoffice.contracts.tables import FileFormat
from backoffice.markets.files import storage
from backoffice.markets.files.columns import HEADER, NAMES
from backoffice.markets.files.preview import cells
from backoffice.markets.models import MarketFile, MarketFileError, MarketFileRow
from backoffice.tables.faults import NOTES, noted
from backoffice.tables.write import write as write_table


def write(file: MarketFile, format: FileFormat) -> Path:
    """Made anew for every request; the sweep removes it with the rest of the file."""
    return write_table(storage.path(f"errors-{file.pk}.{format.lower()}"), format, _columns(file), _rows(file), sheet="Errors")


def _columns(file: MarketFile) -> list[str]:
    """Those that the file has: a column it left out must not come back empty, which would empty the field."""
    return [*(wire for wire, field in HEADER.items() if field in file.fields), *NOTES]


def _rows(file: MarketFile) -> Iterator[dict[str, str]]:
    notes = noted(MarketFileError.objects.filter(file=file).order_by("row", "id"))
    for row in MarketFileRow.objects.filter(file_id=file.pk, is_valid=False).order_by("row").iterator():
        said = dict(zip(NAMES, cells(row), strict=True))
        yield {wire: said[field] for wire, field in HEADER.items()} | notes(row.row)
