"""What clients ask for: how much of which market, and the order that comes of it."""

from random import Random

from backoffice.demo.trading import fates, fills
from backoffice.demo.trading.fates import Fate
from backoffice.demo.trading.fills import Fill
from backoffice.demo.trading.orders import Ask, Desk
from backoffice.demo.trading.rates import SCALE
from backoffice.demo.trading.texts import HOUR, POWERS, ulid
from backoffice.demo.trading.traders import Trader
from backoffice.demo.trading.venues import Venue, exact

SIZES = (1, 2, 3, 5, 5, 10, 10, 20, 30, 50)


def steps_for(desk: Desk, venue: Venue, at: int, in_rat: int) -> int:
    """About so many units of the root asset, within what the market takes."""
    ticks, root = venue.chart.of_hour(at // HOUR).open, desk.fees.scales[desk.rates.root]
    one = ticks * venue.tick * venue.step * desk.rates.units(venue.quote, at)
    steps = in_rat * POWERS[exact(venue) + SCALE - root] // one
    least = max(venue.least, fills.smallest(venue, at))
    return min(max(steps, least), max(venue.most, least))


def size(trader: Trader, chance: Random) -> int:
    """In percent of what the trader brought along, in units of the root asset."""
    return trader.wealth * SIZES[int(len(SIZES) * chance.random())] * chance.randint(60, 140) // 10_000


def hedged(venue: Venue, fate: Fate, chance: Random) -> int:
    if not venue.sessions:
        return 0
    return 100 if fate.details in fates.BY_PROVIDER else chance.choice(fills.HEDGES)


def source(chance: Random) -> str:
    return "Api" if chance.random() < 0.22 else "Manual"


def filled(desk: Desk, ask: Ask, at: int) -> list[Fill]:
    """The fills that the fate of the order leaves of it; its limit then is no better than the worst of them."""
    chance, venue = desk.chance, ask.venue
    markup = ask.trader.markup if ask.is_buy else -ask.trader.markup
    steps = max(ask.steps * ask.fate.share // 10, fills.smallest(venue, at)) if 0 < ask.fate.share < 10 else ask.steps
    if ask.fate.share == 0 or (ask.fate.share < 10 and steps >= ask.steps):
        found = []
    else:
        found = fills.of(venue, at, steps, hedge=ask.hedge, markup=markup, chance=chance)
    if ask.fate.is_limit:
        ask.limit = _limit(ask, at, found, chance)
    return found


def _limit(ask: Ask, at: int, found: list[Fill], chance: Random) -> int:
    away = chance.randint(0, 3)
    if found:
        prices = [fill.ticks for fill in found]
        return max(prices) + away if ask.is_buy else max(min(prices) - away, 1)
    hour = ask.venue.chart.of_hour(at // HOUR)
    return max(hour.low * (1_000 - chance.randint(2, 30)) // 1_000, 1) if ask.is_buy else hour.high * (1_000 + chance.randint(2, 30)) // 1_000 + 1


def given(desk: Desk, trader: Trader, venue: Venue, fate: Fate, *, is_buy: bool, steps: int) -> Ask:
    return Ask(
        trader=trader,
        venue=venue,
        is_buy=is_buy,
        steps=steps,
        fate=fate,
        hedge=hedged(venue, fate, desk.chance),
        source="System" if fate.reason == "MarketHalted" else source(desk.chance),
        reason=fate.reason,
        leverage=None,
        id=ulid(fate.created, desk.chance),
    )
