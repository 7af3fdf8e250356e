"""Loads the demo's history of trading: candles, further clients, and all that happened on accounts that had no money yet."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import count
from random import Random
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from backoffice.accounts import bulk
from backoffice.commissions import state
from backoffice.commissions.match import AccountFacts
from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import ListedMarket, MarketQuery
from backoffice.contracts.rates import Rate
from backoffice.contracts.users import UserQuery, UserSort
from backoffice.core import copying
from backoffice.demo import broker, clients
from backoffice.demo.trading import charts, hours, venues
from backoffice.demo.trading.ahead import ahead
from backoffice.demo.trading.books import Books
from backoffice.demo.trading.cohort import Cohort, Span
from backoffice.demo.trading.fees import Fees
from backoffice.demo.trading.orders import Desk
from backoffice.demo.trading.prices import Asset
from backoffice.demo.trading.rates import Rates
from backoffice.demo.trading.texts import DAY, HOUR, MINUTE, instant, milliseconds
from backoffice.demo.trading.traders import Trader, favourites
from backoffice.demo.trading.venues import Priced, Venue
from backoffice.history import rollups
from backoffice.markets import candles
from backoffice.services import back_api
from backoffice.trading import reading, writing

DAYS, MANY, MANY_DAYS = 90, 500_000, 365
# Executions of one cohort, which is told from the beginning to the end of time before the next one is; and those of an account, roughly.
COHORT, AN_ACCOUNT = 200_000, 400
MOST_USERS = 1_000
# Totals are folded while more is made, so that whoever looks first need not wait for it.
FOLDED = 8
TABLES = (
    "accounts_user", "accounts_account", "markets_candle", "ledger_journal", "ledger_entry", "ledger_balance",
    "transfers_transfer", "transfers_event", "core_auditchange", "trading_order", "trading_externalorder",
    "trading_execution", "trading_orderfills", "trading_position", "trading_closing", "trading_swap",
    "trading_funding", "trading_unsolicitedtrade",
)  # fmt: skip
# Candles stored at once; the best known markets have those of minutes too.
CANDLES, MINUTES = 20_000, 100
Step = Callable[[str, int, int], None]
Own = list[tuple[AccountDetails, bool]]


class Asked(NamedTuple):
    """So many executions, behind those that are known."""

    known: int
    wanted: int


class Market(NamedTuple):
    """What does not change from one cohort to the next."""

    venues: list[Venue]
    rates: Rates
    fees: Fees
    scales: dict[str, int]


def load(actor: Actor, count: int, *, progress: Step) -> None:
    """Executions that are missing to about `count`. What there is stays untouched: more history is that of more clients."""
    known, end = reading.count(), milliseconds(timezone.now()) // MINUTE * MINUTE
    missing = count - known
    if missing <= count // 20 or not _groups(actor):
        return
    span = Span((end - (MANY_DAYS if count > MANY else DAYS) * DAY) // DAY * DAY, end)
    market = _market(actor, span, most=min(venues.MOST, 20 + count // 500))
    if market is None:
        return
    own, done = [] if known else _own_accounts(actor), 0
    _candles(market, span, progress)
    while missing - done > missing // 50:
        cohort = _cohort(actor, market, own, span, Asked(known + done, min(COHORT, missing - done)))
        for made in _stored(actor, cohort):
            progress("trades", min(done + made, missing - 1), missing)
        own, done = [], done + max(cohort.desk.made, 1)
    _settle()
    progress("trades", missing, missing)


def _cohort(actor: Actor, market: Market, own: Own, span: Span, asked: Asked) -> Cohort:
    chance = Random(f"cohort {asked.known}")  # noqa: S311  a demo, the same every time
    desk = Desk(market.rates, market.fees, Books(market.rates, chance), chance)
    return Cohort(desk, _traders(actor, market, own, asked.wanted // AN_ACCOUNT, span, chance), span, asked.wanted)


def _stored(actor: Actor, cohort: Cohort) -> Iterator[int]:
    """How many executions there are, batch by batch."""
    for number, (batch, made) in enumerate(ahead(cohort.told()), start=1):
        with transaction.atomic():
            copying.take_time()
            writing.write(actor, batch)
        if number % FOLDED == 0:
            rollups.fold()
        yield made


def _settle() -> None:
    rollups.fold()
    with transaction.atomic():
        copying.take_time()
        copying.learn(TABLES)


def _market(actor: Actor, span: Span, *, most: int) -> Market | None:
    """None on a desk where nothing can be traded."""
    api, root = back_api(), back_api().rates.root(actor)
    if root is None:
        return None
    found = api.rates.find(actor)
    assets, scales = api.assets.find(actor), {}
    anchor = max((milliseconds(rate.at) for rate in found if rate.at is not None), default=span.end) // HOUR
    swaying = {}
    for asset in assets:
        scales[asset.id] = asset.scale
        swaying[asset.id] = Asset(asset.id, "" if asset.id == root.asset_id else asset.type, anchor)
    swaying[root.asset_id].swing = 0
    rates = Rates(_known(found), swaying, root.asset_id)
    levels = {asset: level for asset, level in broker.levels().items() if asset in scales} | _known(found)
    first, end = span.start // HOUR, span.end // HOUR + 14 * 24
    open_hours = {one.calendar_id: hours.of(one, first, end) for one in api.calendars.find(actor)}
    markets = venues.of(_best_known(_markets(actor)), open_hours, Priced(scales, levels, swaying))[:most]
    priced = [venue for venue in markets if venue.quote in rates and (venue.is_spot is False or venue.base in rates)]
    return Market(priced, rates, Fees(state.snapshot(), scales, rates), scales) if priced else None


def _known(rates: list[Rate]) -> dict[str, Decimal]:
    return {rate.asset_id: rate.rate for rate in rates if rate.rate is not None}


def _markets(actor: Actor) -> Iterator[ListedMarket]:
    after = None
    while True:
        page = back_api().markets.find(actor, MarketQuery(limit=1_000, after=after))
        yield from page.items
        if (after := page.next) is None:
            return


def _best_known(markets: Iterable[ListedMarket]) -> list[ListedMarket]:
    """Those first that everybody knows, of each type in turn."""
    places = {market_id: place for place, market_id in enumerate(broker.well_known())}
    found = sorted(markets, key=lambda market: (places.get(market.market_id, len(places)), market.market_id))
    ranks = {kind: count() for kind in ("Cfd", "Perp", "Spot")}
    return [market for _, market in sorted([(next(ranks[market.type]), market) for market in found], key=lambda one: one[0])]


def _own_accounts(actor: Actor) -> Own:
    """Those that nothing ever happened on, with whether their client may trade; in the same order on every desk, as ids are each desk's own."""
    users = back_api().users.find(actor, UserQuery(sort=UserSort(field="UserId", direction="Asc"), limit=MOST_USERS)).items
    active = {user.user_id: user.status == "Active" for user in users}
    found = sorted(back_api().accounts.of_users(actor, list(active)), key=lambda one: (one.user_id, one.account_name))
    return [(one, active[one.user_id]) for one in found if one.status == "Active" and not one.balances]


def _groups(actor: Actor) -> list[str]:
    return [group.account_group_id for group in back_api().account_groups.find(actor)]


def _traders(actor: Actor, market: Market, own: Own, count: int, span: Span, chance: Random) -> list[Trader]:
    bulk.date_back([one.user_id for one, _ in own], [one.account_id for one, _ in own], instant(span.start))
    more = max(count, 0 if own else 1)
    users, accounts = clients.make(clients.taken(), more, _groups(actor), span)
    bulk.write(actor, users, accounts)
    rows = [
        (
            AccountFacts(one.account_id, one.user_id, one.account_group_id),
            one.account_name,
            one.account_type,
            span.start + chance.randrange(DAY),
            active,
        )
        for one, active in own
    ] + [
        (AccountFacts(one.account_id, one.user_id, one.account_group_id), one.account_name, one.account_type, milliseconds(one.at), True)
        for one in accounts
    ]
    return [
        Trader(facts, begin, favourites(name, market.venues, chance), market.scales, is_netting=kind == "Netting", is_active=active)
        for facts, name, kind, begin, active in rows
    ]


def _candles(market: Market, span: Span, progress: Step) -> None:
    """Told again they are the same, except the last of the last time, which was not over."""
    is_first = not candles.any_there()
    for lines, number in ahead(_charts(market.venues, span)):
        with transaction.atomic():
            copying.take_time()
            candles.write(lines) if is_first else candles.replace(lines)
        progress("candles", number, len(market.venues))


def _charts(markets: list[Venue], span: Span) -> Iterator[tuple[list[str], int]]:
    """Lines, and how many markets are done with them."""
    lines: list[str] = []
    for number, venue in enumerate(markets, start=1):
        lines += charts.lines(venue, span, of_minutes=number <= MINUTES)
        if len(lines) >= CANDLES or number == len(markets):
            yield lines, number
            lines = []
