"""The demo's trading: orders with their executions by a random walk, charged by the rules that are in force. Chance is the same every time.

They move no balances: positions and the money of trades come with the history of trading.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from random import Random
from typing import NamedTuple

from django.utils import timezone

from backoffice.commissions import quote, state
from backoffice.commissions.match import AccountFacts
from backoffice.contracts.actor import Actor
from backoffice.demo import venues
from backoffice.demo.venues import Fees, Rates, Venue
from backoffice.services import back_api
from backoffice.trading import reading, writing
from backoffice.trading.writing import NULL

DAYS, BATCH, FILLS_AN_ORDER = 90, 5_000, 1.5
EPOCH, HOUR, DAY = datetime(1970, 1, 1, tzinfo=UTC), 3_600_000, 86_400_000
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = tuple(one + other for one in LETTERS for other in LETTERS)
SIZES = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 60_000)


class Fill(NamedTuple):
    at: int
    units: int
    ticks: int


class Market:
    """A venue with the price that its walk has come to."""

    def __init__(self, venue: Venue) -> None:
        self.venue, self.ticks = venue, venue.level

    def step(self, chance: Random) -> int:
        """It never strays far from where it began, so that years of it stay plausible."""
        moved = self.ticks * chance.randint(-12, 12) // 10_000 + chance.randint(-1, 1)
        self.ticks = min(max(self.ticks + moved, self.venue.level * 7 // 10, 1), self.venue.level * 14 // 10)
        return self.ticks


class Trading:
    def __init__(self, accounts: list[AccountFacts], markets: list[Venue], fees: Fees, rates: Rates, chance: Random) -> None:
        self.accounts, self.fees, self.rates, self.chance = accounts, fees, rates, chance
        self.markets = [Market(venue) for venue in markets]
        self.round_the_clock = [market for market in self.markets if market.venue.never_closes]

    def orders(self, start: int, end: int, wanted: int) -> Iterator[tuple[str, list[str]]]:
        """Lines for the tables, oldest first, until there are so many executions or the time is over."""
        pause, now, made = max(int((end - start) * FILLS_AN_ORDER / wanted), 1), start, 0
        while made < wanted and now < end:
            order, executions = self._order(now, end)
            yield order, executions
            made += len(executions)
            now += self.chance.randint(0, 2 * pause)

    def _order(self, now: int, end: int) -> tuple[str, list[str]]:
        chance = self.chance
        # A few trade most.
        account = self.accounts[int(len(self.accounts) * chance.random() ** 2)]
        is_weekend = (now // DAY + 3) % 7 >= 5
        market = chance.choice(self.round_the_clock if is_weekend and self.round_the_clock else self.markets)
        kind, fate = chance.random(), chance.random()
        is_limit = kind < 0.4 or fate < 0.09
        units = self._units(market, now)
        fills = list(self._fills(market, now, units, is_slow=is_limit and kind < 0.03))
        status = "Completed"
        if fate < 0.02:
            status, fills = "Rejected", []
        elif fate < 0.09:
            status, fills = ("Cancelled" if fate < 0.06 else "Expired"), fills[: chance.randrange(len(fills))]
        if (fills and fills[-1].at >= end) or (is_limit and status == "Completed" and now > end - DAY // 4 and chance.random() < 0.5):
            fills = [fill for fill in fills[:-1] if fill.at < end]
            status = "Working" if fills else "Pending"
        return self._lines(account, market, now, units, fills, status, is_limit=is_limit)

    def _units(self, market: Market, now: int) -> int:
        venue = market.venue
        worth = market.ticks * venue.tick * venue.step * venue.lot * self.rates.at(venue.quote, now)
        units = int(SIZES[self.chance.randrange(len(SIZES))] * self.chance.randint(60, 140) / (100 * worth))
        return min(max(units, venue.least), max(venue.most, venue.least))

    def _fills(self, market: Market, now: int, units: int, *, is_slow: bool) -> Iterator[Fill]:
        chance, left = self.chance, units
        count = min(chance.choice((1, 1, 1, 1, 1, 2, 2, 2, 3, 4)), units)
        for number in range(count, 0, -1):
            part = left if number == 1 else max(left * chance.randint(20, 80) // (50 * number), 1)
            part = min(part, left - number + 1)
            now += chance.randint(HOUR, 6 * HOUR) if is_slow else chance.randint(5, 900)
            left -= part
            yield Fill(now, part, market.step(chance))

    def _lines(
        self, account: AccountFacts, market: Market, now: int, units: int, fills: list[Fill], status: str, *, is_limit: bool
    ) -> tuple[str, list[str]]:
        chance, venue = self.chance, market.venue
        side, order_id, fee_asset = "Buy" if chance.random() < 0.52 else "Sell", self._id(now), self.fees.asset(venue)
        base, done = venue.step * venue.lot, sum(fill.units for fill in fills)
        rule_id, charged = self._charged(account, venue, fills)
        executions = [
            self._execution((order_id, str(number)), account, venue, side, fill, (fee_asset, *charge, rule_id))
            for number, (fill, charge) in enumerate(zip(fills, charged, strict=True), start=1)
        ]
        prices = [fill.ticks for fill in fills] or [market.ticks]
        limit = (max(prices) if side == "Buy" else min(prices)) * venue.tick
        worth = sum(fill.ticks * fill.units for fill in fills) * venue.tick
        force = ("Day" if chance.random() < 0.5 else "Gtd") if status == "Expired" else "Gtc" if is_limit else chance.choice(("Ioc", "Ioc", "Fok"))
        order = (
            order_id, account.account_id, account.user_id, venue.facts.market_id, side, "Limit" if is_limit else "Market", force, status,
            "Api" if chance.random() < 0.25 else "Manual", plain(units * base), plain(done * base), plain(limit) if is_limit else NULL,
            plain((worth / done).quantize(venues.PLACES)) if done else NULL, NULL if venue.leverage is None else str(venue.leverage), fee_asset,
            plain(total(charge for charge, _ in charged)), plain(total(in_rat for _, in_rat in charged)),
            rule_id if fills else NULL, chance.choice(("0", "0", "50", "100")), moment(now), moment(fills[-1].at if fills else now),
        )  # fmt: skip
        return "\t".join(order) + "\n", executions

    def _charged(self, account: AccountFacts, venue: Venue, fills: list[Fill]) -> tuple[str, list[tuple[Decimal, Decimal]]]:
        rule_id, terms = self.fees.of(account, venue)
        size_asset = terms.fee.cfd.asset_id or self.rates.root
        parts = [
            quote.Fill(
                amount=fill.units * venue.step * venue.lot,
                price=fill.ticks * venue.tick,
                lots=None if venue.is_spot else fill.units * venue.step,
                rate=self.rates.at(venue.quote, fill.at),
                size_rate=self.rates.at(size_asset, fill.at),
            )
            for fill in fills
        ]
        charges = quote.charges(terms, parts)
        return rule_id, [
            (charge, quote.product(charge, part.rate) if venue.is_spot and part.rate else charge) for charge, part in zip(charges, parts, strict=True)
        ]

    def _execution(
        self, number: tuple[str, str], account: AccountFacts, venue: Venue, side: str, fill: Fill, fee: tuple[str, Decimal, Decimal, str]
    ) -> str:
        size = fill.units * venue.step
        asset, charge, in_rat, rule_id = fee
        execution = (
            self._id(fill.at),
            *number,
            moment(fill.at),
            account.account_id,
            account.user_id,
            venue.facts.market_id,
            venue.facts.type,
            side,
            plain(size * venue.lot),
            NULL if venue.is_spot else plain(size),
            plain(fill.ticks * venue.tick),
            venue.quote,
            plain(self.rates.at(venue.quote, fill.at)),
            asset,
            plain(charge),
            plain(in_rat),
            rule_id,
        )
        return "\t".join(execution) + "\n"

    def _id(self, milliseconds: int) -> str:
        """A ULID, whose chance is the demo's own."""
        number = milliseconds << 80 | self.chance.getrandbits(80)
        return "".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def load(actor: Actor, count: int, *, progress: Callable[[str, int, int], None]) -> None:
    """Executions that are missing to about `count`, in the time before those there are."""
    oldest, known = reading.oldest(), reading.count()
    missing, end = count - known, milliseconds(oldest or timezone.now())
    found = _trading(actor, Random(f"trades {known}"))  # noqa: S311  a demo, the same every time
    if missing <= count // 20 or found is None:
        return
    orders: list[str] = []
    executions: list[str] = []
    done = 0
    for order, fills in found.orders(end - DAYS * DAY, end, missing):
        orders.append(order)
        executions += fills
        if len(orders) == BATCH:
            writing.store(orders, executions)
            done += len(executions)
            progress("trades", min(done, missing - 1), missing)
            orders, executions = [], []
    writing.store(orders, executions)
    progress("trades", missing, missing)


def _trading(actor: Actor, chance: Random) -> Trading | None:
    """None on a desk without anybody or anything to trade."""
    api, root = back_api(), back_api().rates.root(actor)
    accounts = venues.accounts(actor)
    if root is None or not accounts:
        return None
    rates = Rates({rate.asset_id: rate.rate for rate in api.rates.find(actor) if rate.rate is not None}, root.asset_id)
    fees = Fees(state.snapshot(), {asset.id: asset.scale for asset in api.assets.find(actor)}, root.asset_id)
    markets = venues.venues(actor, rates)
    return Trading(accounts, markets, fees, rates, chance) if markets else None


def total(parts: Iterable[Decimal]) -> Decimal:
    """To the last digit, of which there may be more than Decimal keeps by itself."""
    return reduce(quote.EXACT.add, parts, Decimal(0))


def plain(number: Decimal) -> str:
    """Without trailing zeros, as the ledger keeps amounts."""
    return format(number.normalize(quote.EXACT), "f")


def moment(milliseconds: int) -> str:
    return (EPOCH + timedelta(milliseconds=milliseconds)).isoformat()


def milliseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)
