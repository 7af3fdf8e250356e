"""Lines of candles: hourly ones over the whole stretch of time, and those of minutes for its last day."""

from collections.abc import Iterator
from functools import lru_cache

from backoffice.demo.trading.cohort import Span
from backoffice.demo.trading.prices import Candle
from backoffice.demo.trading.texts import DAY, HOUR, MINUTE, moment
from backoffice.demo.trading.venues import Venue

_moment = lru_cache(maxsize=16_384)(moment)


def lines(venue: Venue, span: Span, *, of_minutes: bool) -> Iterator[str]:
    """Only of hours in which the market is open; the last one as far as it has come."""
    for hour in range(span.start // HOUR, span.end // HOUR):
        if venue.hours.is_open(hour):
            yield _line(venue, "1h", hour * HOUR, venue.chart.of_hour(hour))
    last = span.end // HOUR
    if venue.hours.is_open(last) and (begun := venue.chart.of_hour_until(span.end)) is not None:
        yield _line(venue, "1h", last * HOUR, begun)
    if not of_minutes:
        return
    for minute in range(max(span.end - DAY, span.start) // MINUTE, span.end // MINUTE):
        if venue.hours.is_open(minute // 60):
            yield _line(venue, "1m", minute * MINUTE, venue.chart.of_minute(minute))


def _line(venue: Venue, interval: str, start: int, candle: Candle) -> str:
    begun, high, low, ended = map(venue.price, candle)
    return f"{venue.facts.market_id}\t{interval}\t{_moment(start)}\t{begun}\t{high}\t{low}\t{ended}\n"
