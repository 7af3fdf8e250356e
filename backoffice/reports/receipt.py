"""The receipt of a report: the same lines in every format of its file, and beside it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from backoffice.contracts.reports import ControlTotal
from backoffice.reports import words
from backoffice.reports.models import Report
from backoffice.reports.question import Day, Figures, Question


class Made(NamedTuple):
    """What is known of a report before its first row is written."""

    report: Report
    question: Question
    rows: int
    shown_rows: int
    totals: list[ControlTotal]
    as_of: datetime
    days: list[Day] = []


def of(report: Report, question: Question, figures: Figures, as_of: datetime, *, shown_most: int | None) -> Made:
    shown = figures.rows if shown_most is None else min(figures.rows, shown_most)
    return Made(report, question, figures.rows, shown, figures.totals, as_of)


def lines(made: Made) -> list[tuple[str, str]]:
    """Name and value; no value holds a line break."""
    return [(name, " ".join(value.split())) for name, value in _lines(made)]


def _lines(made: Made) -> Iterator[tuple[str, str]]:
    report, zone = made.report, made.report.time_zone
    yield "Report", report.name
    yield "Report id", str(report.pk)
    if report.template_name:
        yield "Template", report.template_name
    if report.due_at:
        yield "Due at", words.instant(report.due_at, zone)
    yield "Source", report.source_name
    yield "Made for", report.created_by
    yield "Data as of", words.instant(made.as_of, zone)
    yield "Time zone", zone
    yield "Rows", str(made.rows)
    if made.shown_rows < made.rows:
        yield "Rows in this file", f"the first {made.shown_rows}; all {made.rows} are in the CSV file beside it"
    if report.window_from and report.window_to:
        yield "Window", f"from {words.instant(report.window_from, zone)} before {words.instant(report.window_to, zone)}, by {made.question.kind.time}"
    else:
        yield "Window", "everything"
    yield from (("Filter", said) for said in words.filters(made.question.filters, zone))
    if not made.question.filters:
        yield "Filter", "none"
    yield "Order", words.order(made.question.order)
    yield from ((words.total_name(total), words.total(total)) for total in made.totals)


def document(lines: list[list[str]], *, sha256: str, size: int) -> str:
    """The receipt as a text of its own: beside the file it can say what the file cannot, its checksum."""
    return "".join(f"{name}: {value}\n" for name, value in [*lines, ["SHA-256", sha256], ["Bytes", str(size)]])
