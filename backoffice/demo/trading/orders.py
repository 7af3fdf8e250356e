"""Orders as they are told of: the order, its executions, what was sent to liquidity providers, and the money that each fill moves."""

from dataclasses import dataclass, field
from random import Random

from backoffice.demo.trading import venues
from backoffice.demo.trading.books import Books
from backoffice.demo.trading.fates import BY_PROVIDER, Fate
from backoffice.demo.trading.fees import Charged, Fees
from backoffice.demo.trading.fills import Fill
from backoffice.demo.trading.rates import SCALE, Rates
from backoffice.demo.trading.texts import HOUR, POWERS, moment, number, quotient, ulid
from backoffice.demo.trading.traders import Position, Trader
from backoffice.demo.trading.venues import Venue
from backoffice.trading.writing import NULL

# Averages are kept to so many digits.
PRICE_SCALE = 10


@dataclass(slots=True)
class Desk:
    """What everybody trades with."""

    rates: Rates
    fees: Fees
    books: Books
    chance: Random
    made: int = 0
    told_unasked: int = 0
    positions: dict[Position, None] = field(default_factory=dict)


@dataclass(slots=True)
class Ask:
    """An order that somebody gives. `steps` is how much of it; `fate` what becomes of it; `limit` its price in ticks."""

    trader: Trader
    venue: Venue
    is_buy: bool
    steps: int
    fate: Fate
    hedge: int
    source: str
    limit: int | None = None
    reason: str = "Trader"
    leverage: int | None = None
    position: Position | None = None
    id: str = ""


@dataclass(slots=True)
class Outcome:
    """Of the fills of one order. `moved` is what each made in units of the root asset when it closed something."""

    fills: list[Fill]
    charged: Charged
    ids: list[str]
    moments: list[str]
    moved: list[int] | None = None
    outside: list[Fill] = field(default_factory=list)


def outcome(desk: Desk, ask: Ask, fills: list[Fill]) -> Outcome:
    at = fills[0].at
    charged = desk.fees.charged(ask.trader.facts, ask.venue, at, [(fill.steps, fill.ticks) for fill in fills])
    ids = [ulid(fill.at, desk.chance) for fill in fills]
    return Outcome(fills, charged, ids, [moment(fill.at) for fill in fills])


def average(venue: Venue, fills: list[Fill], *, maker: bool = False) -> int:
    """By volume, at PRICE_SCALE."""
    worth = sum(fill.steps * ((fill.maker or 0) if maker else fill.ticks) for fill in fills)
    return quotient(worth * venue.tick * POWERS[PRICE_SCALE], sum(fill.steps for fill in fills) * POWERS[venue.price_scale])


def tell(desk: Desk, ask: Ask, done: Outcome | None) -> None:
    """The lines of an order and of everything that hangs on it, except the money."""
    venue, fate = ask.venue, ask.fate
    if done is not None:
        desk.made += len(done.fills)
        done.outside = [fill for fill in done.fills if fill.maker is not None]
    external_id = _tell_outside(desk, ask, done)
    over = max(fate.over or fate.created, done.fills[-1].at if done else 0)
    rule, fee_asset, fee_scale = NULL, desk.fees.asset(venue), desk.fees.scales[desk.fees.asset(venue)]
    filled = price = NULL
    fee = in_rat = "0"
    if done is not None:
        rule = done.charged.rule_id
        filled, price = venue.size(sum(fill.steps for fill in done.fills)), number(average(venue, done.fills), PRICE_SCALE)
        fee, in_rat = number(sum(done.charged.units), fee_scale), number(sum(done.charged.in_rat), done.charged.in_rat_scale)
        _tell_executions(desk, ask, done, external_id, (fee_asset, fee_scale))
    side, limit = "Buy" if ask.is_buy else "Sell", NULL if ask.limit is None else venue.price(ask.limit)
    desk.books.batch.orders.append(
        f"{ask.id}\t{ask.trader.name}\t{venue.facts.market_id}\t{side}\t{'Limit' if fate.is_limit else 'Market'}\t{fate.force}\t{fate.status}\t"
        f"{ask.source}\t{venue.size(ask.steps)}\t{filled if done else 0}\t{limit}\t{price}\t{ask.leverage or NULL}\t{fee_asset}\t{fee}\t{in_rat}\t"
        f"{rule}\t{ask.hedge}\t{moment(fate.created)}\t{moment(over)}\t{ask.reason}\t{fate.details or NULL}\t"
        f"{moment(fate.cancels) if fate.cancels else NULL}\t{ask.position.id if ask.position else NULL}\n"
    )


def _tell_executions(desk: Desk, ask: Ask, done: Outcome, external_id: str, fee: tuple[str, int]) -> None:
    venue, charged, lines, scale = ask.venue, done.charged, desk.books.batch.executions, fee[1]
    rate_units = desk.rates.units(venue.quote, done.fills[0].at)
    kind, rate, root = venue.facts.type, number(rate_units, SCALE), desk.fees.scales[desk.rates.root]
    same = f"{ask.trader.name}\t{venue.facts.market_id}\t{kind}\t{'Buy' if ask.is_buy else 'Sell'}"
    last = f"{ask.position.id if ask.position else NULL}"
    for place, fill in enumerate(done.fills):
        if fill.maker is None:
            outside = f"0\t{NULL}\t{NULL}\t{NULL}"
        else:
            earned = abs(fill.ticks - fill.maker) * venue.tick * fill.steps * venue.step * rate_units
            markup = number(earned, venues.exact(venue) + SCALE)
            outside = f"{markup}\t{venue.price(fill.maker)}\t{external_id}\t{desk.chance.getrandbits(56):014X}"
        pnl = NULL if done.moved is None else number(done.moved[place], root)
        lots = NULL if venue.is_spot else venue.lots(fill.steps)
        lines.append(
            f"{done.ids[place]}\t{ask.id}\t{place + 1}\t{done.moments[place]}\t{same}\t{venue.size(fill.steps)}\t{lots}\t{venue.price(fill.ticks)}\t"
            f"{venue.quote}\t{rate}\t{fee[0]}\t{number(charged.units[place], scale)}\t{number(charged.in_rat[place], charged.in_rat_scale)}\t"
            f"{charged.rule_id}\t{outside}\t{last}\t{pnl}\t{ask.reason}\n"
        )


def _tell_outside(desk: Desk, ask: Ask, done: Outcome | None) -> str:
    """What was sent to a provider, now and then a second time; the id of the external order that was filled."""
    chance, fate = desk.chance, ask.fate
    if not ask.hedge or not ask.venue.sessions:
        return NULL
    if done is None or not done.outside:
        if fate.status == "Rejected" and fate.details in BY_PROVIDER:
            _external(desk, ask, "ExternalRejected", fate.created + 1, fate.over or fate.created + 2, None)
        elif done is None and fate.status == "Cancelled":
            status = "TimeOut" if fate.force == "Ioc" else "Cancelled"
            _external(desk, ask, status, fate.created + 1, fate.over or fate.created + 2, None)
        return NULL
    first, last = done.outside[0].at, done.outside[-1].at
    sent = max(first - chance.randint(3, 250), fate.created)
    if fate.is_limit and fate.force in ("Gtc", "Gtd", "Day") and chance.random() < 0.012:
        early = max(sent - 4_000, fate.created)
        _external(desk, ask, "TimeOut", early, sent, None)
    return _external(desk, ask, "Fill", sent, last, done)


def _external(desk: Desk, ask: Ask, status: str, at: int, over: int, done: Outcome | None) -> str:
    venue, fate, chance = ask.venue, ask.fate, desk.chance
    external_id, session = ulid(at, chance), venue.sessions[int(len(venue.sessions) * chance.random())]
    fee_asset = desk.fees.asset(venue)
    wanted, filled, price, fee, in_rat = max(ask.steps * ask.hedge // 100, 1), "0", NULL, "0", "0"
    if done is not None:
        places = range(len(done.outside))
        steps = sum(fill.steps for fill in done.outside)
        is_whole = len(done.fills) > len(done.outside) or fate.status == "Completed" or steps >= wanted
        wanted = steps if is_whole else wanted
        status = status if is_whole else "PartialFill" if fate.status == "Working" else "Expired" if fate.status == "Expired" else "Cancelled"
        over = over if is_whole or fate.over is None else max(over, fate.over)
        filled, price = venue.size(steps), number(average(venue, done.outside, maker=True), PRICE_SCALE)
        fee = number(sum(done.charged.units[place] for place in places), desk.fees.scales[fee_asset])
        in_rat = number(sum(done.charged.in_rat[place] for place in places), done.charged.in_rat_scale)
    lp_order_id = f"{session[:3].upper()}-{chance.getrandbits(40):011X}"
    side, limit = "Buy" if ask.is_buy else "Sell", NULL if ask.limit is None else venue.price(ask.limit)
    desk.books.batch.external_orders.append(
        f"{external_id}\t{ask.id}\t{ask.trader.name}\t{venue.facts.market_id}\t{moment(at)}\t{status}\t{side}\t"
        f"{'Limit' if fate.is_limit else 'Market'}\t{fate.force}\t{venue.size(wanted)}\t{filled}\t{limit}\t{price}\t{fee_asset}\t{fee}\t{in_rat}\t"
        f"{session}\t{lp_order_id}\t{moment(over)}\n"
    )
    if status in ("TimeOut", "ExternalRejected") and chance.random() < 0.1:
        unsolicited(desk, ask, over + chance.randint(200, 60_000), wanted, session, lp_order_id, external_id)
    return external_id


def unsolicited(desk: Desk, ask: Ask, at: int, steps: int, session: str, lp_order_id: str, external_id: str | None) -> None:
    """The provider traded after all, or traded what nobody here knows of: then the fields of the order are empty."""
    chance, venue, fate = desk.chance, ask.venue, ask.fate
    candle = venue.chart.of_hour(at // HOUR)
    whose = f"{NULL}\t{NULL}" if external_id is None else ask.trader.name
    kind = f"{NULL}\t{NULL}" if external_id is None else f"{'Limit' if fate.is_limit else 'Market'}\t{fate.force}"
    orders = f"{NULL}\t{NULL}" if external_id is None else f"{ask.id}\t{external_id}"
    desk.books.batch.unsolicited.append(
        f"{ulid(at, chance)}\t{moment(at)}\t{whose}\t{venue.facts.market_id}\t{'Buy' if ask.is_buy else 'Sell'}\t{kind}\t{venue.size(steps)}\t"
        f"{venue.price(chance.randint(candle.low, candle.high))}\t{orders}\t{lp_order_id}\t{chance.getrandbits(56):014X}\t{session}\n"
    )
    desk.told_unasked += 1
