"""A small chart of a market's prices around what happened there: as much before and behind it as fits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from backoffice.charts.drawing import Chart
from backoffice.contracts import intervals
from backoffice.contracts.actor import Actor
from backoffice.contracts.charts import Candle, CandleQuery
from backoffice.contracts.commissions import Side
from backoffice.contracts.errors import NotFound
from backoffice.contracts.intervals import CandleInterval
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.charts.prices import SMALL, Line, Marked, candlesticks

# What happened takes up to so many candles, what was before and behind it so many more.
WITHIN, MARGIN = 40, 24
FINE: tuple[CandleInterval, ...] = ("1m", "5m", "15m", "30m")
COARSE: tuple[CandleInterval, ...] = ("1h", "4h", "12h", "1d", "1w")


class Around(NamedTuple):
    chart: Chart
    candles: Sequence[Candle]
    interval: CandleInterval
    sides: frozenset[Side]


def around(
    actor: Actor, market_id: str, start: datetime, end: datetime, *, marks: Sequence[Marked] = (), lines: Sequence[Line] = ()
) -> Around | None:
    """None where there are no prices, or none for this actor. By the hour where minutes are not kept that far back."""
    if not permitted(actor, "charts.candles"):
        return None
    try:
        found = [one for choice in (FINE, COARSE) if (one := _candles(actor, market_id, _fitting(choice, end - start), start, end))]
    except NotFound:
        return None
    if not found:
        return None
    query, candles = next((one for one in found if one[1][0].start <= start), found[0])
    drawn = [one for one in marks if candles[0].start <= one.at < intervals.following(query.interval, candles[-1].start)]
    near = [line for line in lines if _is_near(line, candles)]
    chart = candlesticks(candles, query.interval, marks=drawn, lines=near, frame=SMALL)
    return Around(chart, candles, query.interval, frozenset(one.side for one in drawn))


def _fitting(choice: Sequence[CandleInterval], length: timedelta) -> CandleInterval:
    return next((one for one in choice if length / intervals.LENGTHS[one] <= WITHIN), choice[-1])


def _candles(actor: Actor, market_id: str, interval: CandleInterval, start: datetime, end: datetime) -> tuple[CandleQuery, Sequence[Candle]] | None:
    """None where there are none, or where it took longer than candles of this interval are told over."""
    margin = MARGIN * intervals.LENGTHS[interval]
    if end - start + 2 * margin > intervals.depth(interval):
        return None
    query = CandleQuery(market_id=market_id, interval=interval, date_from=start - margin, date_to=end + margin)
    candles = back_api().charts.candles(actor, query)
    return (query, candles) if candles else None


def _is_near(line: Line, candles: Sequence[Candle]) -> bool:
    """One that is far away would press the candles flat."""
    lowest, highest = min(one.low for one in candles), max(one.high for one in candles)
    return 2 * lowest - highest <= line.price <= 2 * highest - lowest
