"""What all charts have in common: their look, and shapes drawn many to a path.

A mark of its own for every bar or candle takes four times the bytes, so shapes are written as one line that is broken between them.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import vl_convert
from django.utils.safestring import SafeString, mark_safe

LONGEST_LABEL = 150
encode = msgspec.json.Encoder(decimal_format="number").encode
CONFIG: dict[str, Any] = {
    "aria": False,
    "font": "var(--sans)",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "domainColor": "var(--line-strong)",
        "tickColor": "var(--line-strong)",
        "gridColor": "var(--line)",
        "labelFontSize": 11.5,
        "labelLimit": LONGEST_LABEL,
    },
}
# How the numbers of an axis read: in thousands and millions, or as they are.
ROUGH, EXACT = "replace(abs(datum.value) < 1e4 ? datum.label : format(datum.value, '~s'), 'G', 'B')", "datum.label"
BREAK = {"x": None, "y": None}

Point = tuple[float, float]


class Frame(NamedTuple):
    """Where the drawing stands in its picture, so that the page can tell what the pointer is over."""

    width: int
    height: int
    left: int = 8
    right: int = 56
    top: int = 8
    bottom: int = 26

    @property
    def whole_width(self) -> int:
        return self.left + self.width + self.right


class Chart(NamedTuple):
    """A drawing of so many steps side by side."""

    svg: SafeString
    frame: Frame
    step_count: int


def draw(spec: dict[str, Any]) -> SafeString:
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": None, "config": CONFIG, **spec}
    # Safe: drawn here from numbers and labels, and every label is escaped by the drawing.
    return mark_safe(vl_convert.vegalite_to_svg(encode(whole).decode(), allowed_base_urls=[]))  # noqa: S308  drawn by us


def steps(
    frame: Frame, count: int, labels: Sequence[tuple[int, str]], values: tuple[float, float], layers: Iterable[dict[str, Any]], *, number: str = ROUGH
) -> Chart:
    """Layers over `count` steps; of these some are labelled, each at its beginning. `values` are the lowest and highest of the axis."""
    texts = dict(labels)
    places = {
        "x": {
            "field": "x",
            "type": "quantitative",
            "scale": {"domain": [0, max(count, 1)], "nice": False, "zero": False},
            "axis": {
                "values": list(texts),
                "labelExpr": f"{encode({str(at): text for at, text in texts.items()}).decode()}[datum.value]",
                "labelFlush": False,
                "labelAlign": "left",
                "grid": False,
                "title": None,
            },
        },
        "y": {
            "field": "y",
            "type": "quantitative",
            "scale": {"domain": list(values), "nice": False, "zero": False},
            "axis": {
                "orient": "right",
                "title": None,
                "tickCount": max(3, frame.height // 50),
                "ticks": False,
                "domain": False,
                "labelExpr": number,
            },
        },
        # As they come, not from left to right.
        "order": {"value": None},
    }
    spec = {
        "width": frame.width,
        "height": frame.height,
        "autosize": {"type": "none"},
        "padding": {"left": frame.left, "right": frame.right, "top": frame.top, "bottom": frame.bottom},
        "encoding": places,
        "layer": list(layers),
    }
    return Chart(draw(spec), frame, count)


def filled(colour: str, shapes: Iterable[Sequence[Point]], **more: Any) -> dict[str, Any]:
    """A layer of areas, each closed by itself."""
    return _layer(shapes, {"fill": colour, "strokeWidth": 0, **more})


def stroked(colour: str, shapes: Iterable[Sequence[Point]], **more: Any) -> dict[str, Any]:
    """A layer of lines."""
    return _layer(shapes, {"stroke": colour, "strokeWidth": 1, **more})


def _layer(shapes: Iterable[Sequence[Point]], look: dict[str, Any]) -> dict[str, Any]:
    points: list[dict[str, Any]] = []
    for shape in shapes:
        points += [{"x": round(x, 3), "y": y} for x, y in shape]
        points.append(BREAK)
    return {"data": {"values": points}, "mark": {"type": "line", "aria": False, **look}}
