"""Rows into a CSV or XLSX file that appears as a whole or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from backoffice.contracts.tables import FileFormat
from backoffice.core import sheets
from backoffice.tables.store import fresh_name


def write(place: Path, format: FileFormat, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, sheet: str) -> Path:
    """As sheets.write, in a place that nobody looks at until it is whole."""
    part = place.with_name(fresh_name(f".{format.lower()}"))
    try:
        sheets.write(part, format, columns, rows, sheet=sheet)
        part.chmod(0o600)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)
    return place
