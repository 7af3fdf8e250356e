"""Candles of markets: stored for minutes and hours."""

from collections.abc import Sequence

from backoffice.core.copying import copy, upsert
from backoffice.markets.models import Candle

CANDLE = ("market_id", "interval", "start", "open", "high", "low", "close")


def write(lines: Sequence[str]) -> None:
    """By COPY, within the caller's transaction; columns as in CANDLE, `interval` is 1m or 1h."""
    copy("markets_candle", CANDLE, lines)


def replace(lines: Sequence[str]) -> None:
    """As `write`, over those that are there already."""
    upsert("markets_candle", CANDLE, lines, key=3)


def any_there() -> bool:
    return Candle.objects.exists()
