"""Amounts as bars: differences one under another, and sums over time one beside another."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.safestring import SafeString

from backoffice.charts.drawing import Chart, Frame, Point, draw, encode, filled, steps, stroked

WIDE, STEP = 430, 24
GAP, ROOM = 0.14, 1.06
LABELS = 7


class Series(NamedTuple):
    """`colour` is one of the portal's variables. What is below zero hangs from the line."""

    name: str
    colour: str
    values: Sequence[Decimal]

    @property
    def key(self) -> str:
        """The class of its colour in the page."""
        return self.colour.removeprefix("var(--").removesuffix(")")


def differences(values: Sequence[tuple[str, Decimal]]) -> SafeString:
    """Bars to the right for more and to the left for less, one a line, in the order given."""
    return draw(
        {
            "width": WIDE,
            "height": {"step": STEP},
            # Numbered, since two may have the same label.
            "data": {"values": [{"at": f"{at:04}", "label": label, "value": value} for at, (label, value) in enumerate(values)]},
            "mark": {"type": "bar", "cornerRadius": 3, "height": 13},
            "encoding": {
                "y": {
                    "field": "at",
                    "type": "nominal",
                    "title": None,
                    "axis": {"labelExpr": f"{_labels(values)}[+datum.value]", "ticks": False, "domain": False},
                },
                "x": {"field": "value", "type": "quantitative", "title": None, "axis": {"tickCount": 5}},
                "color": {"condition": {"test": "datum.value < 0", "value": "var(--neg)"}, "value": "var(--accent)"},
            },
        }
    )


def over_time(labels: Sequence[str], series: Sequence[Series], frame: Frame) -> Chart:
    """The series of each step on top of one another; an empty label names nothing."""
    stacks, above, below = _stacked(labels, series)
    top, bottom = max(above, default=0.0) * ROOM, min(below, default=0.0) * ROOM
    layers = [filled(one.colour, shapes) for one, shapes in zip(series, stacks, strict=True)]
    if bottom < 0:
        layers.append(stroked("var(--line-strong)", [[(0, 0), (len(labels), 0)]]))
    # Without anything the axis still has a length.
    return steps(frame, len(labels), _some(labels), (bottom, top or (0.0 if bottom else 1.0)), layers)


def _stacked(labels: Sequence[str], series: Sequence[Series]) -> tuple[list[list[list[Point]]], list[float], list[float]]:
    above, below = [0.0] * len(labels), [0.0] * len(labels)
    stacks: list[list[list[Point]]] = []
    for one in series:
        shapes: list[list[Point]] = []
        for at, value in enumerate(map(float, one.values)):
            ends = below if value < 0 else above
            if value:
                shapes.append(_box(at, ends[at], ends[at] + value))
                ends[at] += value
        stacks.append(shapes)
    return stacks, above, below


def _box(at: int, start: float, end: float) -> list[Point]:
    left, right = at + GAP, at + 1 - GAP
    return [(left, start), (left, end), (right, end), (right, start)]


def _some(labels: Sequence[str]) -> list[tuple[int, str]]:
    """Not so many that they run into one another."""
    every = -(-len(labels) // LABELS) or 1
    return [(at, label) for at, label in enumerate(labels) if label and at % every == 0]


def _labels(values: Sequence[tuple[str, Decimal]]) -> str:
    """As a list in Vega's expressions, whose texts are written as those of JSON."""
    return encode([label for label, _ in values]).decode()
