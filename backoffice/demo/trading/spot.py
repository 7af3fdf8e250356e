"""Orders on spot markets: one asset for another, out of what the account has."""

from backoffice.demo.trading import asks, fates, orders, venues
from backoffice.demo.trading.fates import Fate
from backoffice.demo.trading.orders import Ask, Desk
from backoffice.demo.trading.texts import POWERS, moment
from backoffice.demo.trading.traders import Trader
from backoffice.demo.trading.venues import Venue


def trade(desk: Desk, trader: Trader, venue: Venue, at: int, end: int) -> None:
    chance = desk.chance
    fate = fates.of(at, trader.begin, end, chance)
    steps, owned = asks.steps_for(desk, venue, at, asks.size(trader, chance)), _owned(trader, venue)
    is_buy = owned < max(venue.least, 1) or chance.random() < 0.48
    if not is_buy and fate.share:
        steps = min(steps, owned) if chance.random() < 0.8 else owned
        steps = max(steps, asks.steps_for(desk, venue, at, 0))
    ask = asks.given(desk, trader, venue, _allowed(trader, fate), is_buy=is_buy, steps=steps)
    found = asks.filled(desk, ask, at)
    if ask.fate.share and not found:
        ask.fate = ask.fate._replace(share=0, status="Pending" if ask.fate.status == "Working" else ask.fate.status)
    done = orders.outcome(desk, ask, found) if found else None
    if done is not None:
        _cover(desk, ask, done)
        _settle(desk, ask, done)
        trader.busy = found[-1].at
    orders.tell(desk, ask, done)
    if ask.fate.status in ("Pending", "Working"):
        _lock(desk, ask, max(at, trader.busy), steps - sum(fill.steps for fill in found))


def _allowed(trader: Trader, fate: Fate) -> Fate:
    """Who may not trade any more has no orders that wait."""
    if trader.is_active or fate.status not in ("Pending", "Working"):
        return fate
    return fate._replace(status="Cancelled", share=0, over=fate.created + 1_000, cancels=None, force="Gtc")


def _owned(trader: Trader, venue: Venue) -> int:
    """In whole steps."""
    wallet = trader.wallet(venue.base)
    return wallet.available // (venue.step * POWERS[wallet.scale - venue.size_scale])


def _cover(desk: Desk, ask: Ask, done: orders.Outcome) -> None:
    """Both sides of the swap and the fee can be paid at every fill."""
    venue, trader, first = ask.venue, ask.trader, done.fills[0].at - 1
    fee = sum(done.charged.units)
    if ask.is_buy:
        costs = sum(venues.quote_units(venue, venues.worth(venue, fill.ticks, fill.steps), up=True) for fill in done.fills)
        desk.books.cover(trader.wallet(venue.quote), costs + fee, trader.busy, first)
        return
    base, quote = trader.wallet(venue.base), trader.wallet(venue.quote)
    desk.books.cover(base, sum(fill.steps for fill in done.fills) * venue.step * POWERS[base.scale - venue.size_scale], trader.busy, first)
    short = running = 0
    for fill, charge in zip(done.fills, done.charged.units, strict=True):
        running += venues.quote_units(venue, venues.worth(venue, fill.ticks, fill.steps), up=False) - charge
        short = min(short, running)
    desk.books.cover(quote, -short, trader.busy, first)


def _settle(desk: Desk, ask: Ask, done: orders.Outcome) -> None:
    venue, books = ask.venue, desk.books
    base, quote = ask.trader.wallet(venue.base), ask.trader.wallet(venue.quote)
    more = POWERS[base.scale - venue.size_scale]
    for place, fill in enumerate(done.fills):
        journal_id, at, charge = done.ids[place], done.moments[place], done.charged.units[place]
        got, cost = fill.steps * venue.step * more, venues.quote_units(venue, venues.worth(venue, fill.ticks, fill.steps), up=ask.is_buy)
        books.journal(journal_id, "Trade", at)
        line = books.move(journal_id, 1, base, got if ask.is_buy else -got, "trading", at)
        line = books.move(journal_id, line, quote, -cost if ask.is_buy else cost, "trading", at)
        if charge:
            books.move(journal_id, line, quote, -charge, "fees", at)


def _lock(desk: Desk, ask: Ask, at: int, steps: int) -> None:
    """What an order that rests may still cost is kept from its account: the fee too, of a buyer."""
    venue, trader = ask.venue, ask.trader
    if ask.is_buy:
        wallet = trader.wallet(venue.quote)
        fee = desk.fees.charged(trader.facts, venue, at, [(steps, ask.limit or 1)]).units[0]
        units = venues.quote_units(venue, venues.worth(venue, ask.limit or 1, steps), up=True) + fee
    else:
        wallet = trader.wallet(venue.base)
        units = steps * venue.step * POWERS[wallet.scale - venue.size_scale]
    desk.books.cover(wallet, units, trader.busy, at - 1)
    desk.books.hold(ask.id, wallet, units, moment(ask.fate.created))
