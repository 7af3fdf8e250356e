"""The one price source: what everything was worth at any moment is a pure function of that moment, so charts, trades and rates always agree.

The worth of each asset sways around what it is now, by waves of chance from an hour to half a year long; a market's price is the worth of its
base over the worth of its quote asset.
"""

from functools import lru_cache
from typing import NamedTuple

from backoffice.demo.trading.texts import HOUR, MINUTE

# Parts of one; the length of each wave in hours, and how far it goes against the others: as a walk goes, with the root of the time.
ONE = 10**9
WAVES = ((1, 1), (4, 2), (16, 4), (64, 8), (256, 16), (1024, 32))
STEEPEST = sum(height for _, height in WAVES)
MASK = (1 << 64) - 1
# How far the worth of an asset sways, in thousandths.
SWINGS = {"Fiat": 35, "Crypto": 270, "Metals": 110, "Energies": 180, "Indices": 90, "Stocks": 180}
STABLE = ("usdt", "usdc")
BITS = 1 << 16
KNOWN_MOST = 1_000


class Candle(NamedTuple):
    """In ticks."""

    open: int
    high: int
    low: int
    close: int


class Asset:
    """Something of worth: 1 at the hour `anchor`, a little more or less at any other. One without a swing never moves."""

    def __init__(self, asset_id: str, asset_type: str, anchor: int) -> None:
        self.seed, self.anchor = seed(asset_id), anchor
        self.swing = 0 if asset_id in STABLE else ONE // 1_000 * SWINGS.get(asset_type, 60)
        self.known: dict[int, int] = {}
        self.anchored = ONE + self._sway(anchor)

    def at(self, hour: int) -> int:
        """In parts of ONE."""
        if not self.swing:
            return ONE
        found = self.known.get(hour)
        if found is None:
            if len(self.known) > KNOWN_MOST:
                self.known.clear()
            found = self.known[hour] = (ONE + self._sway(hour)) * ONE // self.anchored
        return found

    def _sway(self, hour: int) -> int:
        found = 0
        for length, height in WAVES:
            place, rest = divmod(hour, length)
            here, there = _noise(self.seed, length, place), _noise(self.seed, length, place + 1)
            found += height * (here * (length - rest) + there * rest) // length
        return self.swing * found // (STEEPEST * BITS)


def seed(name: str) -> int:
    return int.from_bytes(name.encode()[:16].ljust(16, b"-"), "big") % (1 << 61)


@lru_cache(maxsize=16_384)
def _noise(of: int, length: int, place: int) -> int:
    """From -BITS to BITS."""
    return (mixed(of ^ length << 40, place) >> 20 & 2 * BITS - 1) - BITS


def mixed(one: int, other: int) -> int:
    """64 bits that look like chance and are the same for the same two numbers."""
    found = (one * 0x9E3779B97F4A7C15 + other * 0xBF58476D1CE4E5B9) & MASK
    found = ((found ^ found >> 30) * 0x94D049BB133111EB) & MASK
    return ((found ^ found >> 27) * 0xBF58476D1CE4E5B9 & MASK) >> 3


class Chart:
    """How a market's price moves: `level` is the price in ticks at the anchor of its two assets, times ONE."""

    def __init__(self, market_id: str, base: Asset, quote: Asset, level: int) -> None:
        self.seed, self.base, self.quote, self.level = seed(market_id[::-1]), base, quote, level
        # How far a price goes beyond its beginning and end within an hour, in parts of ONE.
        self.reach = max((base.swing + quote.swing) // 90, ONE // 20_000)
        self.known: dict[int, Candle] = {}

    def price(self, hour: int) -> int:
        """At the beginning of the hour."""
        return max(self.level * self.base.at(hour) // (self.quote.at(hour) * ONE), 3)

    def of_hour(self, hour: int) -> Candle:
        found = self.known.get(hour)
        if found is None:
            if len(self.known) > KNOWN_MOST:
                self.known.clear()
            begun, ended, chance = self.price(hour), self.price(hour + 1), mixed(self.seed, hour)
            reach = begun * self.reach // ONE + 1
            up, down = 1 + reach * (chance & 255) // 256, 1 + reach * (chance >> 8 & 255) // 256
            found = self.known[hour] = Candle(begun, max(begun, ended) + up, max(min(begun, ended) - down, 1), ended)
        return found

    def of_minute(self, minute: int) -> Candle:
        """Within the candle of its hour; the sixty of an hour come to exactly that."""
        hour, place = divmod(minute, 60)
        whole = self.of_hour(hour)
        begun, ended = self._point(whole, hour, place), self._point(whole, hour, place + 1)
        slack = (whole.high - whole.low) * (mixed(self.seed ^ 7, minute) & 15) // 400
        return Candle(begun, min(max(begun, ended) + slack, whole.high), max(min(begun, ended) - slack, whole.low), ended)

    def of_hour_until(self, milliseconds: int) -> Candle | None:
        """Of an hour that is not over, up to the last whole minute; None when none of it is."""
        minutes = [self.of_minute(minute) for minute in range(milliseconds // HOUR * 60, milliseconds // MINUTE)]
        if not minutes:
            return None
        return Candle(minutes[0].open, max(one.high for one in minutes), min(one.low for one in minutes), minutes[-1].close)

    def _point(self, whole: Candle, hour: int, place: int) -> int:
        """The price so many minutes into the hour: it begins, peaks, is lowest and ends as the candle of the hour says."""
        if place in (0, 60):
            return whole.close if place else whole.open
        chance = mixed(self.seed ^ 3, hour)
        peak, bottom = 1 + chance % 29, 30 + (chance >> 8) % 30
        if chance >> 20 & 1:
            peak, bottom = bottom, peak
        if place in (peak, bottom):
            return whole.high if place == peak else whole.low
        line = whole.open + (whole.close - whole.open) * place // 60
        bend = (whole.high - whole.low) * ((mixed(self.seed ^ 5, hour * 60 + place) & 1023) - 511) // 1_600
        return min(max(line + bend, whole.low), whole.high)
