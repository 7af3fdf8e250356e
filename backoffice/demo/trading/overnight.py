"""What positions cost and pay while they stay open: swaps at the end of the day, funding every eight hours. Both are paid in the root asset."""

from fractions import Fraction

from backoffice.demo.trading.orders import Desk
from backoffice.demo.trading.prices import mixed
from backoffice.demo.trading.rates import SCALE
from backoffice.demo.trading.texts import HOUR, moment, number, ulid
from backoffice.demo.trading.traders import Position
from backoffice.demo.trading.venues import Venue

__all__ = ["FUNDING_HOURS", "settle"]

# UTC: the day ends with New York's; funding is settled three times a day.
DAY_ENDS, FUNDING_HOURS = 22, (0, 8, 16)
SWAP_FREE = "islamic"
YEAR, RATE_SCALE = 360, 6


def settle(desk: Desk, held: list[Position], hour: int) -> None:
    """At the beginning of that hour, of the positions that are open then."""
    day, place = divmod(hour, 24)
    if place == DAY_ENDS:
        for position in held:
            if position.venue.facts.type == "Cfd" and position.trader.facts.account_group_id != SWAP_FREE:
                _swap(desk, position, hour, day)
    elif place in FUNDING_HOURS:
        for position in held:
            if position.venue.facts.type == "Perp":
                _fund(desk, position, hour)


def _swap(desk: Desk, position: Position, hour: int, day: int) -> None:
    venue = position.venue
    settings = venue.swaps
    side = None if settings is None else settings.long_position_settings if position.is_long else settings.short_position_settings
    nights = _nights(venue, hour, day)
    if settings is None or side is None or settings.type == "None" or not side.swap_size or not nights:
        return
    at = max(hour * HOUR, position.trader.busy + 1)
    asset = side.asset_id if settings.type == "Fix" and side.asset_id else venue.quote
    if asset not in desk.rates:
        return
    rate, size = Fraction(desk.rates.units(asset, at), 10**SCALE), Fraction(side.swap_size) * nights
    amount = Fraction(position.steps * venue.step, 10**venue.size_scale)
    if settings.type == "Fix":
        cost = size * Fraction(position.steps * venue.lot_step, 10**venue.lot_scale) * rate
    elif settings.type == "Points":
        cost = size * Fraction(venue.tick, 10**venue.price_scale) * amount * rate
    else:
        cost = size / 100 / YEAR * Fraction(venue.chart.price(hour) * venue.tick, 10**venue.price_scale) * amount * rate
    got = _paid(desk, position, -cost, "Swap", at)
    if got is not None:
        swap_id, units, text = got
        position.swaps += units
        desk.books.batch.swaps.append(
            f"{swap_id}\t{position.id}\t{position.trader.name}\t{venue.facts.market_id}\t{moment(at)}\t{nights}\t{settings.type}\t"
            f"{format(side.swap_size.normalize(), 'f')}\t{text}\t{desk.rates.root}\t{text}\n"
        )


def _nights(venue: Venue, hour: int, day: int) -> int:
    """To the next day that has a session; none at the end of a day that had none."""
    hours = venue.hours
    if not any(hours.is_open(earlier) for earlier in range(hour - 24, hour)):
        return 0
    following = hours.next_open(hour)
    # Days count from a Thursday; beyond what is known of the calendar the week ends as weeks do.
    return (3 if day % 7 == 1 else 1) if following is None else max((following + 24 - DAY_ENDS) // 24 - (hour + 24 - DAY_ENDS) // 24 + 1, 1)


def _fund(desk: Desk, position: Position, hour: int) -> None:
    """Who is long pays a rate above zero, who is short gets it."""
    venue, at = position.venue, max(hour * HOUR, position.trader.busy + 1)
    rate = mixed(venue.chart.seed ^ 11, hour) % 400 - 120
    mark, to_root = venue.chart.price(hour), desk.rates.units(venue.quote, at)
    exact = Fraction(
        position.steps * venue.step * mark * venue.tick * rate * to_root, 10 ** (venue.size_scale + venue.price_scale + RATE_SCALE + SCALE)
    )
    got = _paid(desk, position, -exact if position.is_long else exact, "Funding", at)
    if got is not None:
        funding_id, units, text = got
        position.funding += units
        desk.books.batch.funding.append(
            f"{funding_id}\t{position.id}\t{position.trader.name}\t{venue.facts.market_id}\t{moment(at)}\t{number(rate, RATE_SCALE)}\t"
            f"{venue.price(mark)}\t{number(to_root, SCALE)}\t{text}\n"
        )


def _paid(desk: Desk, position: Position, exact: Fraction, kind: str, at: int) -> tuple[str, int, str] | None:
    """What the account gets rounded down, what it pays up; None when that is nothing."""
    trader, root = position.trader, desk.fees.scales[desk.rates.root]
    units = exact * 10**root // 1
    if not units:
        return None
    wallet, paid_id, text = trader.wallet(desk.rates.root), ulid(at, desk.chance), moment(at)
    desk.books.cover(wallet, -units, trader.busy, at - 1)
    desk.books.journal(paid_id, kind, text)
    desk.books.move(paid_id, 1, wallet, units, "trading", text)
    trader.busy, desk.positions[position] = at, None
    return paid_id, units, number(units, root)
