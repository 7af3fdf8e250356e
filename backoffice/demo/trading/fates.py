"""What becomes of an order: when it was given, how long it rests, how much of it is filled and how it ends."""

from random import Random
from typing import NamedTuple

from backoffice.demo.trading.texts import DAY, HOUR, MINUTE

REJECTIONS = (
    "The available balance is too low for this order.",
    "The price deviates more from the market than this market allows.",
    "The market takes no orders outside its trading hours.",
    "The order would exceed the largest position that the account may have.",
)
BY_PROVIDER = ("The liquidity provider rejected the order: off quotes.", "The liquidity provider rejected the order: size not available.")
# An hour before the evening's end of day, UTC: when orders for the day expire.
DAY_ENDS = 22 * HOUR


class Fate(NamedTuple):
    """`share` of its fills, in tenths, is what comes of it; it ends at `over`, or is open still. `cancels` is the date of a Gtd order."""

    status: str
    is_limit: bool
    force: str
    created: int
    share: int
    over: int | None = None
    cancels: int | None = None
    details: str | None = None
    reason: str = "Trader"


def of(at: int, since: int, end: int, chance: Random) -> Fate:
    """Of an order whose first fill would be at `at`; it is given no earlier than `since`, and what is after `end` has not happened yet."""
    kind, fate = chance.random(), chance.random()
    if kind >= 0.42:
        return _market(at, since, fate, chance)
    force = chance.choice(("Gtc", "Gtc", "Gtc", "Gtd", "Day", "Ioc"))
    created = max(at - (chance.randint(5, 2_000) if force == "Ioc" else int(chance.expovariate(1 / (3 * HOUR)))), since)
    if fate < 0.02:
        return Fate("Rejected", True, force, created, 0, created, _date(force, created + 1, chance), chance.choice(REJECTIONS))
    is_late = at > end - DAY and chance.random() < 0.4
    if force != "Ioc" and (is_late or fate < 0.022):
        return _open(at, end, chance)
    if fate < 0.11:
        return _given_up(at, created, force, end, chance)
    return Fate("Completed", True, force, created, 10, None, _date(force, at + HOUR, chance))


def _market(at: int, since: int, fate: float, chance: Random) -> Fate:
    force, created = chance.choice(("Ioc", "Ioc", "Fok")), max(at - chance.randint(5, 700), since)
    if fate < 0.012:
        return Fate(
            "Rejected", False, force, created, 0, created + chance.randint(1, 40), None, chance.choice((*REJECTIONS[2:], *BY_PROVIDER, *BY_PROVIDER))
        )
    if fate < 0.02 and force == "Ioc":
        return Fate("Cancelled", False, force, created, 5)
    return Fate("Completed", False, force, created, 10)


def _open(at: int, end: int, chance: Random) -> Fate:
    """Resting until somebody or something ends it, a few of them filled in part."""
    if at > end - 12 * HOUR and chance.random() < 0.4:
        return Fate("Working", True, "Gtc", at, 5)
    force = chance.choice(("Gtc", "Gtc", "Gtd"))
    return Fate("Pending", True, force, at, 0, None, _date(force, end + HOUR, chance))


def _given_up(at: int, created: int, force: str, end: int, chance: Random) -> Fate:
    share = chance.choice((0, 0, 5))
    if force == "Ioc":
        return Fate("Cancelled", True, force, created, share, at + chance.randint(10, 400))
    if force == "Gtc" or chance.random() < 0.3:
        over = at + chance.randint(MINUTE, 2 * DAY)
        if over >= end:
            return _open(at, end, chance)
        reason = "MarketHalted" if chance.random() < 0.04 else "Trader"
        return Fate("Cancelled", True, force, created, share, over, _date(force, over + 1, chance), None, reason)
    over = at + chance.randint(HOUR, 3 * DAY) if force == "Gtd" else (at - DAY_ENDS + DAY) // DAY * DAY + DAY_ENDS
    if over >= end or over <= at:
        return _open(at, end, chance)
    return Fate("Expired", True, force, created, share, over, over if force == "Gtd" else None)


def _date(force: str, after: int, chance: Random) -> int | None:
    """To the minute, as people set it."""
    return (after + chance.randint(HOUR, 5 * DAY)) // MINUTE * MINUTE + MINUTE if force == "Gtd" else None
