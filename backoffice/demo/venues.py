"""Markets and accounts as the demo's traders need them: what an order may be, what it roughly costs, and what it pays."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple
from zlib import crc32

from backoffice.commissions.match import AccountFacts, MarketFacts, winner
from backoffice.commissions.quote import Terms
from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import ListedMarket, MarketQuery
from backoffice.contracts.rule_book import RuleBook
from backoffice.contracts.users import UserQuery, UserSort
from backoffice.demo import broker
from backoffice.services import back_api

PLACES = Decimal("0.0000000001")
KNOWN_MOST = 20_000


class Venue(NamedTuple):
    """`lot` is 1 on spot markets. Sizes are counted in `step`, of lots or of the base asset, and prices in `tick`."""

    facts: MarketFacts
    quote: str
    lot: Decimal
    step: Decimal
    least: int
    most: int
    tick: Decimal
    level: int
    leverage: int | None
    never_closes: bool

    @property
    def is_spot(self) -> bool:
        return self.facts.type == "Spot"


class Rates:
    """Of each asset to the root asset, hour by hour: a little above or below what it is now, the same whenever it is asked."""

    def __init__(self, now: dict[str, Decimal], root: str) -> None:
        self.now, self.root = now, root
        self.known: dict[tuple[str, int], Decimal] = {}

    def at(self, asset: str, milliseconds: int) -> Decimal:
        if asset == self.root:
            return Decimal(1)
        place = (asset, milliseconds // 3_600_000)
        found = self.known.get(place)
        if found is None:
            if len(self.known) > KNOWN_MOST:
                self.known.clear()
            found = self.known[place] = (self.now[asset] * (10_000 + crc32(repr(place).encode()) % 201 - 100) / 10_000).quantize(PLACES)
        return found


class Fees:
    """The rule of each account on each market, found by the pure functions once."""

    def __init__(self, book: RuleBook, scales: dict[str, int], root: str) -> None:
        self.book, self.scales, self.root = book, scales, root
        self.known: dict[tuple[str, str], tuple[str, Terms]] = {}

    def of(self, account: AccountFacts, venue: Venue) -> tuple[str, Terms]:
        place = (account.account_id, venue.facts.market_id)
        if place not in self.known:
            rule = winner(self.book, account, venue.facts).rule
            self.known[place] = (rule.id, Terms(is_spot=venue.is_spot, fee=rule.fee, scale=self.scales[self.asset(venue)]))
        return self.known[place]

    def asset(self, venue: Venue) -> str:
        return venue.quote if venue.is_spot else self.root


def accounts(actor: Actor) -> list[AccountFacts]:
    """In the same order on every desk: ids are each desk's own."""
    api = back_api()
    users = api.users.find(actor, UserQuery(sort=UserSort(field="UserId", direction="Asc"), limit=1_000)).items
    found = sorted(api.accounts.of_users(actor, [user.user_id for user in users]), key=lambda one: (one.user_id, one.account_name))
    return [AccountFacts(one.account_id, one.user_id, one.account_group_id) for one in found]


def venues(actor: Actor, rates: Rates) -> list[Venue]:
    """Markets that can trade and whose price can be told."""
    levels = {asset: level for asset, level in broker.levels().items() if asset not in rates.now} | rates.now
    return [_venue(market, levels) for market in _markets(actor) if market.status == "Open" and _is_priced(market, levels, rates)]


def _markets(actor: Actor) -> Iterator[ListedMarket]:
    after = None
    while True:
        page = back_api().markets.find(actor, MarketQuery(limit=1_000, after=after))
        yield from page.items
        if (after := page.next) is None:
            return


def _is_priced(market: ListedMarket, levels: dict[str, Decimal], rates: Rates) -> bool:
    tick, level = _tick(market), levels.get(market.base_asset_id)
    return level is not None and market.quote_asset_id in rates.now and level / rates.now[market.quote_asset_id] > 100 * tick


def _tick(market: ListedMarket) -> Decimal:
    return market.tick_size or Decimal(1).scaleb(-market.price_scale)


def _venue(market: ListedMarket, levels: dict[str, Decimal]) -> Venue:
    tick, lot = _tick(market), Decimal(market.lot_size or 1)
    step = market.lot_step or Decimal(1).scaleb(-(market.amount_scale or 0))
    least = max(market.min_lot_amount or market.min_amount or step, step)
    most = Decimal(market.max_lot_amount) if market.max_lot_amount else market.max_base_amount or least * 1_000_000
    return Venue(
        facts=MarketFacts(market.market_id, market.type, market.market_group_id),
        quote=market.quote_asset_id,
        lot=lot,
        step=step,
        least=-int(-least // step),
        most=int(most // step),
        tick=tick,
        level=int(levels[market.base_asset_id] / levels[market.quote_asset_id] / tick),
        leverage=int(market.max_leverage) if market.max_leverage else None,
        never_closes=market.calendar_id == "crypto-24x7",
    )
