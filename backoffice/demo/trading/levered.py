"""Orders on leveraged markets: positions are opened, added to and closed, and what they gain or lose is paid in the root asset."""

from random import Random

from backoffice.demo.trading import asks, fates, fills, orders
from backoffice.demo.trading.fates import Fate
from backoffice.demo.trading.fills import Fill
from backoffice.demo.trading.orders import PRICE_SCALE, Ask, Desk
from backoffice.demo.trading.rates import SCALE
from backoffice.demo.trading.texts import DAY, HOUR, MINUTE, POWERS, moment, number, quotient, quotient_up, ulid
from backoffice.demo.trading.traders import Position, Trader
from backoffice.demo.trading.venues import Venue
from backoffice.trading.writing import NULL

LEVERAGES = (5, 10, 20, 30, 50, 100)


def trade(desk: Desk, trader: Trader, venue: Venue, at: int, end: int) -> Position | None:
    """Opens a position or adds to it; the position that began, to be closed some time."""
    chance = desk.chance
    fate = fates.of(at, trader.begin, end, chance)
    if not trader.is_active and fate.status in ("Pending", "Working"):
        return None
    held = trader.positions.get(venue.facts.market_id, [])
    position = held[0] if trader.is_netting and held else None
    if (position is not None and position.is_reduced) or len(held) > 4:
        return None
    leverage = position.leverage if position else min(chance.choice(LEVERAGES), venue.leverage)
    is_buy = position.is_long if position else chance.random() < 0.54
    steps = asks.steps_for(desk, venue, at, asks.size(trader, chance) * (1 + leverage // 8))
    ask = asks.given(desk, trader, venue, fate, is_buy=is_buy, steps=steps)
    ask.leverage = leverage
    found = asks.filled(desk, ask, at)
    if not found:
        if ask.fate.share:
            ask.fate = ask.fate._replace(share=0, status="Pending" if ask.fate.status == "Working" else ask.fate.status)
        orders.tell(desk, ask, None)
        return None
    done, is_new = orders.outcome(desk, ask, found), position is None
    if position is None:
        rate = desk.rates.units(venue.quote, at)
        position = Position(ulid(at, chance), trader, venue, found[0].at, rate, leverage, is_long=is_buy)
        trader.positions.setdefault(venue.facts.market_id, []).append(position)
    ask.position = position
    _open(desk, position, found)
    wallet = trader.wallet(desk.rates.root)
    desk.books.cover(wallet, margin(desk, position) + sum(done.charged.units), trader.busy, found[0].at - 1)
    _settle(desk, ask, done)
    orders.tell(desk, ask, done)
    return position if is_new else None


def close(desk: Desk, position: Position, at: int) -> bool:
    """All of it or a part; whether anything is left. Before a loss that the account could not bear a deposit comes in."""
    chance, venue, trader = desk.chance, position.venue, position.trader
    part = position.steps * chance.randint(30, 70) // 100
    least = max(venue.least, fills.smallest(venue, at))
    is_part = chance.random() < 0.14 and least <= part <= position.steps - least
    ask = Ask(
        trader=trader,
        venue=venue,
        is_buy=not position.is_long,
        steps=part if is_part else position.steps,
        fate=_closing_fate(position, at, chance),
        hedge=0,
        source=asks.source(chance),
        leverage=position.leverage,
        position=position,
    )
    ask.id, ask.hedge = ulid(ask.fate.created, chance), asks.hedged(venue, ask.fate, chance)
    found = asks.filled(desk, ask, at)
    done = orders.outcome(desk, ask, found)
    done.moved = [_gain(desk, position, fill, found[0].at) for fill in found]
    _motive(desk, ask, sum(done.moved), sum(done.charged.units))
    worst = running = 0
    for gain, charge in zip(done.moved, done.charged.units, strict=True):
        running += gain - charge
        worst = min(worst, running, running + charge)
    desk.books.cover(trader.wallet(desk.rates.root), -worst, trader.busy, found[0].at - 1)
    _settle(desk, ask, done)
    _reduce(position, found, sum(done.moved))
    orders.tell(desk, ask, done)
    _tell_closing(desk, ask, done)
    return position.steps > 0


def _closing_fate(position: Position, at: int, chance: Random) -> Fate:
    if chance.random() < 0.25:
        return Fate("Completed", True, "Gtc", max(at - chance.randint(MINUTE, 8 * HOUR), position.opened_at + 1), 10)
    return Fate("Completed", False, chance.choice(("Ioc", "Ioc", "Fok")), max(at - chance.randint(5, 700), position.opened_at), 10)


def _motive(desk: Desk, ask: Ask, gain: int, fee: int) -> None:
    """A loss that took most of the margin ends in a stop-out, if the account can bear it at all."""
    chance, position, has = desk.chance, ask.position, ask.trader.wallet(desk.rates.root).available
    is_hard = position is not None and -gain * 100 > 60 * margin(desk, position)
    if is_hard and has > fee - gain and not ask.fate.is_limit:
        ask.reason, ask.source = "StopOut", "System"
    elif not ask.fate.is_limit and chance.random() < 0.3:
        ask.reason, ask.source = "TakeProfit" if gain >= 0 else "StopLoss", "System"
    elif chance.random() < 0.004:
        ask.reason = ask.source = "Admin"


def open_price(position: Position) -> int:
    """At orders.PRICE_SCALE."""
    venue = position.venue
    return quotient(position.opened_worth * venue.tick * POWERS[PRICE_SCALE], position.opened * POWERS[venue.price_scale])


def margin(desk: Desk, position: Position) -> int:
    """What is open at its price and the rate of its opening, over the leverage, rounded up."""
    venue, root = position.venue, desk.fees.scales[desk.rates.root]
    exact = position.steps * venue.step * open_price(position) * position.rate
    return quotient_up(exact, position.leverage * POWERS[venue.size_scale + PRICE_SCALE + SCALE - root])


def _open(desk: Desk, position: Position, found: list[Fill]) -> None:
    steps = sum(fill.steps for fill in found)
    position.steps += steps
    position.opened += steps
    position.opened_worth += sum(fill.steps * fill.ticks for fill in found)
    desk.positions[position] = None


def _gain(desk: Desk, position: Position, fill: Fill, at: int) -> int:
    """Of closing so much at that price: what is gained rounded down, what is lost up."""
    venue, root = position.venue, desk.fees.scales[desk.rates.root]
    moved = fill.ticks * venue.tick * POWERS[PRICE_SCALE - venue.price_scale] - open_price(position)
    exact = fill.steps * venue.step * (moved if position.is_long else -moved) * desk.rates.units(venue.quote, at)
    return exact // POWERS[venue.size_scale + PRICE_SCALE + SCALE - root]


def _reduce(position: Position, found: list[Fill], gain: int) -> None:
    position.steps -= sum(fill.steps for fill in found)
    position.realized += gain
    if not position.steps:
        position.closed_at = found[-1].at
        position.trader.positions[position.venue.facts.market_id].remove(position)


def _settle(desk: Desk, ask: Ask, done: orders.Outcome) -> None:
    books, wallet = desk.books, ask.trader.wallet(desk.rates.root)
    for place, charge in enumerate(done.charged.units):
        gain = done.moved[place] if done.moved else 0
        if not gain and not charge:
            continue
        books.journal(done.ids[place], "Trade", done.moments[place])
        line = books.move(done.ids[place], 1, wallet, gain, "trading", done.moments[place]) if gain else 1
        if charge:
            books.move(done.ids[place], line, wallet, -charge, "fees", done.moments[place])
    ask.trader.busy = done.fills[-1].at
    if ask.position:
        desk.positions[ask.position] = None


def _tell_closing(desk: Desk, ask: Ask, done: orders.Outcome) -> None:
    position, venue, fate = ask.position, ask.venue, ask.fate
    if position is None:
        return
    root, steps = desk.fees.scales[desk.rates.root], sum(fill.steps for fill in done.fills)
    rate, price = desk.rates.units(venue.quote, done.fills[0].at), open_price(position)
    worth = number(steps * venue.step * price * rate, venue.size_scale + PRICE_SCALE + SCALE)
    prices = f"{number(price, PRICE_SCALE)}\t{number(orders.average(venue, done.fills), PRICE_SCALE)}\t{number(rate, SCALE)}"
    desk.books.batch.closings.append(
        f"{ask.id}\t{position.id}\t{ask.trader.name}\t{venue.facts.market_id}\t{done.moments[-1]}\t{moment(position.opened_at)}\t{venue.facts.type}\t"
        f"{'Buy' if ask.is_buy else 'Sell'}\t{'Limit' if fate.is_limit else 'Market'}\t{fate.force}\t{ask.reason}\t{venue.lots(steps)}\t"
        f"{venue.size(steps)}\t{prices}\t{worth}\t{number(sum(done.moved or ()), root)}\n"
    )


def lines(desk: Desk) -> list[str]:
    """Of the positions that changed since the last batch."""
    root = desk.fees.scales[desk.rates.root]
    return [
        f"{one.id}\t{one.trader.name}\t{one.venue.facts.market_id}\t{moment(one.opened_at)}\t{moment(one.closed_at) if one.closed_at else NULL}\t"
        f"{one.venue.facts.type}\t{'Buy' if one.is_long else 'Sell'}\t{one.venue.lots(one.steps)}\t{one.venue.size(one.steps)}\t"
        f"{number(open_price(one), PRICE_SCALE)}\t{one.leverage}\t{number(margin(desk, one), root)}\t{number(one.realized, root)}\t"
        f"{number(one.swaps, root)}\t{number(one.funding, root)}\n"
        for one in desk.positions
    ]


def closes_after(chance: Random) -> int:
    """Most positions are over within hours, some are kept for days."""
    return chance.randint(2 * MINUTE, 5 * HOUR) if chance.random() < 0.82 else chance.randint(6 * HOUR, 5 * DAY)
