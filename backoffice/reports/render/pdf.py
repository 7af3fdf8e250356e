"""Reports as paper: a cover, the first rows, and the receipt on the last page; a child process that reaches nothing sets them."""

from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from backoffice.charts.drawing import Frame
from backoffice.contracts.reports import ControlTotal
from backoffice.core.sheets import as_text
from backoffice.pdf.printing import Limits, pdf_of
from backoffice.reports import over_days, question, receipt, storage, words
from backoffice.reports.receipt import Made
from backoffice.reports.render import xlsx
from backoffice.reports.render.paper import broken, fitting
from backoffice.reports.snapshot import Snapshot

TAIL = 1_024
# A thousand rows of 25 columns take 45 s and 800 MB, and the machine may be busy; nobody waits at a page for it.
LIMITS = Limits(seconds=900, cpu_seconds=300, memory=1_536 << 20)
# Facts of the cover; the other lines of the receipt stand on the last page.
COVER = ("Data as of", "Window", "Rows", "Time zone", "Made for", "Filter")
CHART = Frame(width=620, height=130)


def write(place: Path, snapshot: Snapshot, made: Made, told: Callable[[int], None]) -> None:
    sql, values = question.rows(made.question, xlsx.cell)
    found = list(islice(snapshot.fetched(sql, values), made.shown_rows))
    told(len(found))
    place.write_bytes(pdf_of(html(made, found), limits=LIMITS))


def html(made: Made, found: list[tuple[Any, ...]]) -> str:
    return render_to_string("reports/paper.html", _context(made, found))


def count(place: Path, made: Made) -> int:
    """A page is no place to count rows in: that it is whole is seen at its end, and its rows were counted before they were set."""
    with place.open("rb") as file:
        file.seek(max(0, place.stat().st_size - TAIL))
        is_whole = b"%%EOF" in file.read()
    return made.shown_rows if is_whole else -1


def _context(made: Made, found: list[tuple[Any, ...]]) -> dict[str, Any]:
    if len(found) != made.shown_rows:
        raise storage.Damaged(f"{len(found)} rows came and {made.shown_rows} were to come")
    columns = made.question.columns
    numbers, told = [column.kind == "number" for column in columns], [[_told(value) for value in row] for row in found]
    lines = receipt.lines(made)
    paper = fitting([column.name for column in columns], [column.kind for column in columns], told)
    return {
        "title": made.report.name,
        "source": made.report.source_name,
        "zone": made.report.time_zone,
        "facts": [line for line in lines if line[0] in COVER],
        "charts": _charts(made),
        "totals": [(words.total_name(total), *_sum(total)) for total in made.totals],
        "columns": list(zip((broken(column.name) for column in columns), numbers, strict=True)),
        "paper": paper,
        "rows": [list(zip(row, numbers, strict=True)) for row in told],
        "is_part": made.shown_rows < made.rows,
        "shown": f"{made.shown_rows:,}",
        "total": f"{made.rows:,}",
        "lines": lines,
    }


def _charts(made: Made) -> list[tuple[str, str]]:
    """Rows and the first control total over time, each under its words."""
    counted = over_days.bars([(one.day, one.rows) for one in made.days], "Rows", CHART)
    found = [] if counted is None else [(f"Rows by {counted.step}", counted.svg)]
    worth = [(one.day, one.worth) for one in made.days if one.worth is not None]
    if made.totals and any(value for _, value in worth) and (summed := over_days.bars(worth, "Sum", CHART)):
        found.append((f"{words.total_name(made.totals[0])} by {summed.step}", summed.svg))
    # Safe: drawn by us from numbers and dates.
    return [(name, mark_safe(svg)) for name, svg in found]  # noqa: S308  drawn by us


def _sum(total: ControlTotal) -> tuple[str, str]:
    return f"{total.value:,f}", f"without {total.missing:,} rows that have no value" if total.missing else ""


def _told(value: Any) -> str:
    """As in the CSV file, but that no paper takes a text for a formula, and with thousands apart."""
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return value if isinstance(value, str) else as_text(value)
