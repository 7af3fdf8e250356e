"""Rows into a CSV or XLSX file one by one, so that many take no more memory than few; and what a cell may say in a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rustpy_xlsxwriter import FastExcel

from backoffice.contracts.tables import FileFormat

NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A spreadsheet keeps 15 digits of a number; what has more goes out as text.
DIGITS_MOST = 15


def write(place: Path, format: FileFormat, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, sheet: str) -> None:
    """`columns` are the header; rows may lack some. Texts are neutralised here."""
    if format == "Csv":
        with place.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(columns)
            writer.writerows([as_text(row.get(column)) for column in columns] for row in rows)
    else:
        FastExcel(str(place)).format(bold_headers=True).sheet(sheet, _records(columns, rows)).save()


def neutral(text: str) -> str:
    """What a spreadsheet would take for a formula gets a leading apostrophe; numbers stay numbers."""
    return "'" + text if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text


def as_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    return "" if value is None else neutral(str(value))


def as_excel(value: Any) -> Any:
    if isinstance(value, Decimal):
        if len(format(value, "f")) <= DIGITS_MOST:
            return value
        return value if len(value.normalize().as_tuple().digits) <= DIGITS_MOST and abs(value.adjusted()) <= DIGITS_MOST else format(value, "f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, list):
        return ";".join(value)
    return neutral(value) if isinstance(value, str) else value


def number_of(digits: str | None) -> float | str | None:
    """As as_excel has it of a number, from its digits as the database tells them; most are too few for a second look."""
    if digits is None:
        return None
    if len(digits) <= DIGITS_MOST:
        return float(digits)  # which keeps so many digits exactly, as a spreadsheet does
    kept = as_excel(Decimal(digits))
    return kept if isinstance(kept, str) else float(kept)


def instant(at: datetime) -> str:
    """With its zone, which a date of a spreadsheet has no room for."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _records(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    is_empty = True
    for row in rows:
        is_empty = False
        yield {column: as_excel(row.get(column, "")) for column in columns}
    if is_empty:
        yield dict.fromkeys(columns, "")  # the header comes from the first record
