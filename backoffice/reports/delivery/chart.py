"""The rows of a report over its days as a picture: mail programs draw no SVG and know no style of ours."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import vl_convert

from backoffice.charts.bars import Series, over_time
from backoffice.charts.drawing import Frame

FRAME = Frame(width=500, height=120)
SCALE = 2
# The desk's own colours by day, since a mail is read on white.
COLOURS = {"accent": "#4452d6", "muted": "#5b6372", "line": "#e6e8ee", "line-strong": "#d6dae3", "neg": "#bf2d48", "sans": "sans-serif"}
# Letters of a date, and how many bars of that kind do not yet run into one another.
DAY, MONTH = 10, 7
LENGTHS = ((DAY, 62), (MONTH, 60))
VARIABLE = re.compile(r"var\(--([a-z-]+)\)")


def picture(days: Sequence[tuple[date, int]]) -> bytes | None:
    """PNG; None where one bar, or none, would say nothing."""
    bars = steps(days)
    if len(bars) < 2:
        return None
    rows = Series("Rows", "var(--accent)", [Decimal(count) for _, count in bars])
    drawn = over_time([label for label, _ in bars], [rows], FRAME).svg
    png: bytes = vl_convert.svg_to_png(VARIABLE.sub(lambda name: COLOURS.get(name[1], "#000"), drawn), scale=SCALE)
    return png


def steps(days: Sequence[tuple[date, int]]) -> list[tuple[str, int]]:
    """Days, or months where they are many, and years where those are; one without rows has its place as well."""
    if not days:
        return []
    first, last = days[0][0], days[-1][0]
    length = next((length for length, most in LENGTHS if _span(first, last, length) <= most), 4)
    found: dict[str, int] = {}
    for number in range((last - first).days + 1):
        found.setdefault((first + timedelta(number)).isoformat()[:length], 0)
    for day, count in days:
        found[day.isoformat()[:length]] += count
    return list(found.items())


def _span(first: date, last: date, length: int) -> int:
    """Upwards, of days or months."""
    return (last - first).days + 1 if length == DAY else 12 * (last.year - first.year) + last.month - first.month + 1
