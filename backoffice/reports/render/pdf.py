"""Reports as paper: a cover, the first rows, and the receipt on the last page; a child process that reaches nothing sets them."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from backoffice.core.sheets import as_text
from backoffice.pdf.printing import pdf_of
from backoffice.reports import question, receipt, storage, words
from backoffice.reports.receipt import Made
from backoffice.reports.render import xlsx
from backoffice.reports.snapshot import Snapshot

TAIL = 1_024
# Nobody waits at a page for it, and the machine may be busy.
SECONDS = 600
# Letters of a column, and the shares of the width that paper.css knows.
NARROW, WIDE, MARGINS = 4, 26, 2
WIDTHS = (*range(2, 25), 30, 40, 50, 60, 80, 100)
# Facts of the cover; the other lines of the receipt stand on the last page.
COVER = ("Data as of", "Window", "Rows", "Time zone", "Made for", "Filter")


def write(place: Path, snapshot: Snapshot, made: Made, told: Callable[[int], None]) -> None:
    sql, values = question.rows(made.question, xlsx.cell)
    found = list(islice(snapshot.fetched(sql, values), made.shown_rows))
    told(len(found))
    place.write_bytes(pdf_of(render_to_string("reports/paper.html", _context(made, found)), seconds=SECONDS))


def count(place: Path, made: Made) -> int:
    """A page is no place to count rows in: that it is whole is seen at its end, and its rows were counted before they were set."""
    with place.open("rb") as file:
        file.seek(max(0, place.stat().st_size - TAIL))
        is_whole = b"%%EOF" in file.read()
    return made.shown_rows if is_whole else -1


def _context(made: Made, found: list[tuple[Any, ...]]) -> dict[str, Any]:
    if len(found) != made.shown_rows:
        raise storage.Damaged(f"{len(found)} rows came and {made.shown_rows} were to come")
    columns = [(column.name, column.kind == "number") for column in made.question.columns]
    numbers, told = [is_number for _, is_number in columns], [[_told(value) for value in row] for row in found]
    lines = receipt.lines(made)
    return {
        "title": made.report.name,
        "source": made.report.source_name,
        "zone": made.report.time_zone,
        "facts": [line for line in lines if line[0] in COVER],
        "totals": [(words.total_name(total), words.total(total)) for total in made.totals],
        "columns": columns,
        "widths": _widths([column for column, _ in columns], told),
        "rows": [list(zip(row, numbers, strict=True)) for row in told],
        "shown": made.shown_rows,
        "total": made.rows,
        "lines": lines,
    }


def _widths(names: list[str], rows: list[list[str]]) -> list[int]:
    """In percent, of those that there are classes for: each column as wide as its longest text asks, within bounds."""
    longest = [MARGINS + max([len(name) // 2, NARROW, *(min(len(row[place]), WIDE) for row in rows)]) for place, name in enumerate(names)]
    return [max(width for width in WIDTHS if width <= max(2, round(100 * one / sum(longest)))) for one in longest]


def _told(value: Any) -> str:
    """As in the CSV file, but that no paper takes a text for a formula."""
    return value if isinstance(value, str) else as_text(value)
