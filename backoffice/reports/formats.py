"""The formats of reports: how each is written, how it is counted when it is opened again, and how much it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from backoffice.contracts.reports import PDF_ROWS_MOST, XLSX_ROWS_MOST, ReportFormat
from backoffice.reports.receipt import Made
from backoffice.reports.render import csv, json, pdf, xlsx
from backoffice.reports.snapshot import Snapshot

Write = Callable[[Path, Snapshot, Made, Callable[[int], None]], None]


@dataclass(frozen=True)
class Format:
    """`rows_most`: with more it is refused. `shown_most`: of more the file has the first ones, and all are in a CSV beside it."""

    suffix: str
    write: Write
    count: Callable[[Path, Made], int]
    rows_most: int | None = None
    shown_most: int | None = None


FORMATS: Mapping[ReportFormat, Format] = {
    "Csv": Format(".csv", csv.write, csv.count),
    "Xlsx": Format(".xlsx", xlsx.write, xlsx.count, rows_most=XLSX_ROWS_MOST),
    "Pdf": Format(".pdf", pdf.write, pdf.count, shown_most=PDF_ROWS_MOST),
    "Json": Format(".json", json.write, json.count),
}


def too_many(format: ReportFormat, rows: int) -> str | None:
    """What to say of more rows than the format takes."""
    most = FORMATS[format].rows_most
    if most is None or rows <= most:
        return None
    many = f"at least {rows:,}" if rows == most + 1 else f"{rows:,}"
    return f"A workbook holds {most:,} rows and {many} match: choose CSV, or narrow the filters or the window."
