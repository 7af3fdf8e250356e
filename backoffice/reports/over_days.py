"""What a report has of each day as bars, in colours for white paper: papers and mails know no style of ours."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from backoffice.charts.bars import Series, over_time
from backoffice.charts.drawing import Frame

# The desk's own colours by day.
COLOURS = {"accent": "#4452d6", "muted": "#5b6372", "line": "#e6e8ee", "line-strong": "#d6dae3", "neg": "#bf2d48", "sans": "sans-serif"}
# Letters of a date, and how many bars of that kind do not yet run into one another.
DAY, MONTH, YEAR = 10, 7, 4
LENGTHS = ((DAY, 62), (MONTH, 60))
WORDS = {DAY: "day", MONTH: "month", YEAR: "year"}
VARIABLE = re.compile(r"var\(--([a-z-]+)\)")


class Bars(NamedTuple):
    """`step` is the word for what each bar is of."""

    step: str
    svg: str


def bars(days: Sequence[tuple[date, int | Decimal]], name: str, frame: Frame) -> Bars | None:
    """None where one bar, or none, would say nothing."""
    found = steps(days)
    if len(found) < 2:
        return None
    series = Series(name, "var(--accent)", [Decimal(value) for _, value in found])
    drawn = over_time([label for label, _ in found], [series], frame).svg
    return Bars(WORDS[len(found[0][0])], VARIABLE.sub(lambda name: COLOURS.get(name[1], "#000"), drawn))


def steps(days: Sequence[tuple[date, int | Decimal]]) -> list[tuple[str, int | Decimal]]:
    """Days, or months where they are many, and years where those are; one without rows has its place as well."""
    if not days:
        return []
    first, last = days[0][0], days[-1][0]
    length = next((length for length, most in LENGTHS if _span(first, last, length) <= most), YEAR)
    found: dict[str, int | Decimal] = dict.fromkeys(_labels(first, last, length), 0)
    for day, value in days:
        found[day.isoformat()[:length]] += value
    return list(found.items())


def _labels(first: date, last: date, length: int) -> Iterable[str]:
    return ((first + timedelta(number)).isoformat()[:length] for number in range((last - first).days + 1))


def _span(first: date, last: date, length: int) -> int:
    """Upwards, of days or months."""
    return (last - first).days + 1 if length == DAY else 12 * (last.year - first.year) + last.month - first.month + 1
