"""Rows into a CSV or XLSX file that appears as a whole or not at all."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rustpy_xlsxwriter import FastExcel

from backoffice.contracts.tables import FileFormat
from backoffice.tables.cells import neutral
from backoffice.tables.store import fresh_name

# A spreadsheet keeps 15 digits of a number; what has more goes out as text.
DIGITS_MOST = 15


def write(place: Path, format: FileFormat, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, sheet: str) -> Path:
    """`columns` are the header; rows may lack some. Texts are neutralised here."""
    part = place.with_name(fresh_name(f".{format.lower()}"))
    try:
        if format == "Csv":
            with part.open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(columns)
                writer.writerows([as_text(row.get(column)) for column in columns] for row in rows)
        else:
            records = [{column: as_excel(row.get(column, "")) for column in columns} for row in rows]
            FastExcel(str(part)).sheet(sheet, iter(records or [dict.fromkeys(columns, "")])).save()
        part.chmod(0o600)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)
    return place


def as_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else neutral(str(value))


def as_excel(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value if len(value.normalize().as_tuple().digits) <= DIGITS_MOST and abs(value.adjusted()) <= DIGITS_MOST else format(value, "f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(value)
    return neutral(value) if isinstance(value, str) else value
