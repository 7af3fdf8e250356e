"""A figure's course in few strokes, beside the figure: small enough to be written by hand."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 96, 30
PICTURE = (
    '<svg class="spark" viewBox="0 0 {w} {h}" preserveAspectRatio="none" aria-hidden="true">'
    '<polygon points="0,{h} {line} {w},{h}"/><polyline points="{line}"/></svg>'
)


def spark(values: Sequence[Decimal]) -> SafeString | str:
    """Nothing for fewer than two values."""
    if len(values) < 2:
        return ""
    highest = max(map(float, values)) or 1.0
    points = [(WIDTH * at / (len(values) - 1), HEIGHT - 1 - (HEIGHT - 3) * float(value) / highest) for at, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return format_html(PICTURE, w=WIDTH, h=HEIGHT, line=line)
