"""Candles side by side, without the gaps of closed markets; executions on them as triangles that touch their price."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from backoffice.charts.drawing import EXACT, Chart, Frame, Point, filled, steps, stroked
from backoffice.contracts import intervals
from backoffice.contracts.charts import Candle
from backoffice.contracts.commissions import Side
from backoffice.contracts.intervals import CandleInterval

WIDE, SMALL = Frame(936, 320), Frame(560, 200)
LABELS = 8
MARGIN, BODY, TRIANGLE = 0.06, 0.15, 7
COLOURS = {"Buy": "var(--info)", "Sell": "var(--warn)"}


class Marked(NamedTuple):
    """A trade on the chart: where it was made, at which price."""

    at: datetime
    side: Side
    price: Decimal


class Line(NamedTuple):
    """A level over the whole chart, as the price that an order asked for."""

    price: Decimal


def candlesticks(
    candles: Sequence[Candle], interval: CandleInterval, *, marks: Sequence[Marked] = (), lines: Sequence[Line] = (), frame: Frame = WIDE
) -> Chart:
    """Of at least one candle, oldest first; marks outside of them are left out."""
    levels = [*(one.low for one in candles), *(one.high for one in candles), *(one.price for one in marks), *(one.price for one in lines)]
    lowest, highest = float(min(levels)), float(max(levels))
    margin = (highest - lowest) * MARGIN or highest * MARGIN
    lowest, highest = lowest - margin, highest + margin
    pixel = (highest - lowest) / frame.height
    layers = []
    for colour, is_up in (("var(--pos)", True), ("var(--neg)", False)):
        of = [(at, one) for at, one in enumerate(candles) if (one.close >= one.open) == is_up]
        layers.append(stroked(colour, [[(at + 0.5, float(one.low)), (at + 0.5, float(one.high))] for at, one in of]))
        layers.append(filled(colour, [_body(at, one, pixel) for at, one in of]))
    layers += [stroked("var(--muted)", [[(0, float(one.price)), (len(candles), float(one.price))] for one in lines], strokeDash=[4, 3])] * bool(lines)
    across = len(candles) / frame.width
    placed = [(one, place) for one in marks if (place := _place(candles, interval, one.at)) is not None]
    for side, colour in COLOURS.items():
        shapes = [_triangle(place, one, across, pixel) for one, place in placed if one.side == side]
        if shapes:
            layers.append(filled(colour, shapes, stroke="var(--raised)", strokeWidth=1))
    return steps(frame, len(candles), labels(candles, interval), (lowest, highest), layers, number=EXACT)


def labels(candles: Sequence[Candle], interval: CandleInterval) -> list[tuple[int, str]]:
    """Where days, months or years begin; where the chart is short hours, and the day at midnight: in UTC."""
    span = candles[-1].start - candles[0].start
    if span <= timedelta(days=2) and intervals.LENGTHS.get(interval, intervals.DAY) < intervals.DAY:
        shown = [(at, one.start, f"{one.start:%H:%M}" if one.start.hour else f"{one.start:%-d %b}") for at, one in enumerate(candles)]
        new = [entry for entry in shown if entry[1].minute == 0]
    elif span <= timedelta(days=120):
        new = _changes(candles, "%-d %b")
    elif span <= timedelta(days=1_000):
        new = _changes(candles, "%b %Y")
    else:
        new = _changes(candles, "%Y")
    every = -(-len(new) // LABELS) or 1
    return [(at, text) for at, _, text in new[::every] if at < len(candles) * 0.97]


def _changes(candles: Sequence[Candle], pattern: str) -> list[tuple[int, datetime, str]]:
    found: list[tuple[int, datetime, str]] = []
    for at, one in enumerate(candles):
        text = f"{one.start:{pattern}}"
        if not found or found[-1][2] != text:
            found.append((at, one.start, text))
    # What came before the first change is a part of its day or year only.
    return found[1:] if len(found) > 2 else found


def _body(at: int, one: Candle, pixel: float) -> list[Point]:
    low, high = sorted((float(one.open), float(one.close)))
    high = max(high, low + pixel)
    return [(at + BODY, low), (at + BODY, high), (at + 1 - BODY, high), (at + 1 - BODY, low)]


def _triangle(place: float, one: Marked, across: float, pixel: float) -> list[Point]:
    """Its tip is the price: buys point up to it, sells down."""
    price, height = float(one.price), TRIANGLE * 1.4 * pixel * (-1 if one.side == "Buy" else 1)
    return [(place, price), (place - TRIANGLE * 0.75 * across, price + height), (place + TRIANGLE * 0.75 * across, price + height), (place, price)]


def _place(candles: Sequence[Candle], interval: CandleInterval, at: datetime) -> float | None:
    """The middle of the candle that the moment lies in; of one before it where that one is missing."""
    if at < candles[0].start or at >= intervals.following(interval, candles[-1].start):
        return None
    return next(place for place in range(len(candles) - 1, -1, -1) if candles[place].start <= at) + 0.5
