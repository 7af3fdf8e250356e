"""Prices of a market, and a plain evaluator of its candles."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from backoffice.contracts.charts import Candle
from backoffice.contracts.intervals import CandleInterval
from backoffice.markets import models

MARKET = "spot.btc_eur"
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
STORED = {"1m": timedelta(minutes=1), "1h": timedelta(hours=1)}
MINUTES: dict[str, int] = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "12h": 720, "1d": 1_440}


def candle(start: datetime, *prices: int | str) -> Candle:
    """Of its open, high, low and close; of one price that did not move."""
    open, high, low, close = (Decimal(price) for price in (prices if len(prices) == 4 else prices * 4))
    return Candle(start=start, open=open, high=high, low=low, close=close)


def store(candles: Iterable[Candle], *, interval: str = "1h", market: str = MARKET) -> None:
    models.Candle.objects.bulk_create(
        models.Candle(market_id=market, interval=interval, start=one.start, open=one.open, high=one.high, low=one.low, close=one.close)
        for one in candles
    )


def beginning(interval: CandleInterval, at: datetime) -> datetime:
    """By the calendar, not by counting from an origin."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if interval == "1mo":
        return midnight.replace(day=1)
    if interval == "1w":
        return midnight - timedelta(days=midnight.weekday())
    minutes = at.hour * 60 + at.minute
    return midnight + timedelta(minutes=minutes - minutes % MINUTES[interval])


def gathered(candles: Iterable[Candle], interval: CandleInterval, start: datetime, end: datetime) -> list[Candle]:
    """The candles that begin from `start` on and before `end`, each of all that is stored of it."""
    found: dict[datetime, list[Candle]] = {}
    for one in sorted(candles, key=lambda one: one.start):
        found.setdefault(beginning(interval, one.start), []).append(one)
    return [
        Candle(start=at, open=of[0].open, high=max(one.high for one in of), low=min(one.low for one in of), close=of[-1].close)
        for at, of in sorted(found.items())
        if start <= at < end
    ]
