"""How an order is filled: in how many parts, when, at which prices, and which of them at a liquidity provider."""

from random import Random
from typing import NamedTuple

from backoffice.demo.trading.texts import HOUR, MINUTE, POWERS, quotient_up
from backoffice.demo.trading.venues import Venue, exact

COUNTS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4)
LONGEST_PAUSE = 1_200
HEDGES = (100, 100, 100, 100, 100, 100, 100, 50, 70, 0, 0)


class Fill(NamedTuple):
    """`maker` are the ticks of the provider's price, without markup; None of a fill within the house."""

    at: int
    steps: int
    ticks: int
    maker: int | None


def of(venue: Venue, at: int, steps: int, *, hedge: int, markup: int, chance: Random) -> list[Fill]:
    """`markup` in ticks, on top of the provider's price for a buyer and below zero for a seller."""
    found, moment = [], at
    for part, is_external in _parts(venue, at, steps, hedge, chance):
        ticks = _price(venue, moment, chance)
        found.append(Fill(moment, part, ticks, max(ticks - markup, 1) if is_external else None))
        moment += chance.randint(20, LONGEST_PAUSE)
    return found


def _price(venue: Venue, at: int, chance: Random) -> int:
    candle = venue.chart.of_minute(at // MINUTE)
    return candle.low + int((candle.high - candle.low + 1) * chance.random())


def smallest(venue: Venue, at: int) -> int:
    """Steps that are worth ten of the quote asset's smallest unit, so that nothing comes to nothing by rounding."""
    step = venue.chart.of_hour(at // HOUR).low * venue.tick * venue.step
    return max(quotient_up(10 * POWERS[max(exact(venue) - venue.quote_scale, 0)], step), 1)


def _parts(venue: Venue, at: int, steps: int, hedge: int, chance: Random) -> list[tuple[int, bool]]:
    """What goes to a provider comes first."""
    least = smallest(venue, at)
    outside = steps * hedge // 100
    if outside < least or steps - outside < least:
        outside = steps if hedge >= 50 else 0
    return [(part, True) for part in _split(outside, least, chance)] + [(part, False) for part in _split(steps - outside, least, chance)]


def _split(steps: int, least: int, chance: Random) -> list[int]:
    count = min(COUNTS[int(len(COUNTS) * chance.random())], steps // least)
    if count < 2:
        return [steps] if steps else []
    cuts = sorted(chance.randint(0, steps - count * least) for _ in range(count - 1))
    return [stop - start + least for start, stop in zip([0, *cuts], [*cuts, steps - count * least], strict=True)]
