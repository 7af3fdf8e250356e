"""Charts as SVG, drawn by the server: colours are the portal's own variables, so one drawing serves both themes.

A process that has drawn one must not fork: the child would hang in its next drawing.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
import vl_convert
from django.utils.safestring import SafeString, mark_safe

WIDE, STEP, LONGEST_LABEL = 430, 24, 150
_encode = msgspec.json.Encoder(decimal_format="number").encode
CONFIG: dict[str, Any] = {
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


def differences(values: Sequence[tuple[str, Decimal]]) -> SafeString:
    """Bars to the right for more and to the left for less, one a line, in the order given."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDE,
        "height": {"step": STEP},
        "background": None,
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
        "config": CONFIG,
    }
    # Safe: drawn here from numbers and labels, and every label is escaped by the drawing.
    return mark_safe(vl_convert.vegalite_to_svg(_encode(spec).decode(), allowed_base_urls=[]))  # noqa: S308


def _labels(values: Sequence[tuple[str, Decimal]]) -> str:
    """As a list in Vega's expressions, whose texts are written as those of JSON."""
    return _encode([label for label, _ in values]).decode()
