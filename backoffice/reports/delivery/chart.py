"""The rows of a report over its days as a picture: mail programs draw no SVG."""

from collections.abc import Sequence
from datetime import date

import vl_convert

from backoffice.charts.drawing import Frame
from backoffice.reports import over_days

FRAME = Frame(width=500, height=120)
SCALE = 2


def picture(days: Sequence[tuple[date, int]]) -> bytes | None:
    """PNG; None where one bar, or none, would say nothing."""
    drawn = over_days.bars(days, "Rows", FRAME)
    if drawn is None:
        return None
    png: bytes = vl_convert.svg_to_png(drawn.svg, scale=SCALE)
    return png
