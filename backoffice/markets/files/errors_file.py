"""The incorrect rows of a file alone, in our layout, with the reasons in columns that an import ignores."""

import csv
from collections.abc import Iterator
from pathlib import Path

from rustpy_xlsxwriter import FastExcel

from backoffice.contracts.market_files import FileFormat
from backoffice.markets.files import storage
from backoffice.markets.files.columns import HEADER, NAMES, neutral
from backoffice.markets.files.preview import cells
from backoffice.markets.models import MarketFile, MarketFileError, MarketFileRow

NOTES = ("#row", "#faults")


def write(file: MarketFile, format: FileFormat) -> Path:
    """Made anew for every request; the sweep removes it with the rest of the file."""
    place = storage.path(f"errors-{file.pk}.{format.lower()}")
    part = storage.path(storage.fresh_name(f".{format.lower()}"))
    try:
        if format == "Csv":
            with part.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, _columns(file))
                writer.writeheader()
                writer.writerows(_rows(file))
        else:
            FastExcel(str(part)).sheet("Errors", iter([*_rows(file)] or [dict.fromkeys(_columns(file), "")])).save()
        part.chmod(0o600)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)
    return place


def _columns(file: MarketFile) -> list[str]:
    """Those that the file has: a column it left out must not come back empty, which would empty the field."""
    return [*(wire for wire, field in HEADER.items() if field in file.fields), *NOTES]


def _rows(file: MarketFile) -> Iterator[dict[str, str]]:
    wanted = _columns(file)
    reasons: dict[int, list[str]] = {}
    for fault in MarketFileError.objects.filter(file=file).order_by("row", "id"):
        reasons.setdefault(fault.row, []).append(
            f"{fault.column}: {fault.reason}" + (f" (suggestion: {fault.suggestion})" if fault.suggestion else "")
        )
    places = {field: place for place, field in enumerate(NAMES)}
    for row in MarketFileRow.objects.filter(file_id=file.pk, is_valid=False).order_by("row").iterator():
        said = cells(row)
        known = {wire: neutral(said[places[HEADER[wire]]]) for wire in wanted if wire in HEADER}
        yield known | {"#row": str(row.row), "#faults": neutral(" | ".join(reasons.get(row.row, [])))}
