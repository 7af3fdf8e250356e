"""Impacts against the pure functions, summed trade by trade: random rule books, random orders and fills, random periods, on PostgreSQL."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.commission_changes import impact
from backoffice.commissions import quote
from backoffice.commissions.match import AccountFacts, MarketFacts, winner
from backoffice.commissions.quote import Terms
from backoffice.contracts.commission_changes import Period
from backoffice.contracts.commissions import CfdFee, FeeSettings, SpotFee
from backoffice.contracts.rule_book import BookAssignment, BookProfile, BookRule, RuleBook
from backoffice.markets.models import RootRate
from backoffice.services import BackApi
from backoffice.trading.models import Execution, Order
from tests.trading.test_database import START, fill, order

MARKETS = {
    "cfd.xau_usd": "metals",
    "cfd.eur_jpy": "fx",
    "cfd.btc_link": None,
    "spot.btc_usd": None,
    "spot.btc_eur": None,
    "spot.btc_link": None,
}
SCALES = {"usd": 2, "eur": 2, "jpy": 0, "link": 18}
Sums = tuple[int, Decimal, Decimal]
TYPES = {"spot": "Spot", "cfd": "Cfd"}


class Owner(NamedTuple):
    account_id: str
    user_id: str
    group: str


def a_book(chance: Random, owners: list[Owner]) -> RuleBook:
    profiles = [f"p{number}" for number in range(chance.randint(1, 3))]
    rules = [rule for profile in profiles for rule in some_rules(chance, profile)]
    who = [{"user_id": owner.user_id} for owner in owners[1:]] + [{"account_id": owner.account_id} for owner in owners]
    who += [{"account_group_id": group} for group in ("retail", "vip")]
    named = chance.sample(who, chance.randint(0, len(who)))
    assignments = [BookAssignment(id=f"a{n}", priority=n, profile_id=chance.choice(profiles), **one) for n, one in enumerate(named, start=1)]
    everybody = BookAssignment(id="default", priority=None, profile_id="p0")
    return RuleBook(
        profiles=tuple(BookProfile(id=id, name=id, is_default=id == "p0") for id in profiles),
        rules=tuple(rules),
        assignments=(*assignments, everybody),
    )


def some_rules(chance: Random, profile: str) -> Iterator[BookRule]:
    targets = [{"market_id": id} for id in MARKETS] + [{"market_group_id": id} for id in ("metals", "fx", "empty")]
    for number, named in enumerate(chance.sample(targets, chance.randint(0, 5)), start=1):
        yield BookRule(id=f"{profile}-{number}", profile_id=profile, priority=number, fee=a_fee(chance), **named)
    yield BookRule(id=f"{profile}-rest", profile_id=profile, priority=None, fee=a_fee(chance))


def a_fee(chance: Random) -> FeeSettings:
    """Often nothing, often round: there rounding has its edges."""
    percent = [Decimal(text) for text in ("0", "0.0001", "0.01", "0.3333", "1", "100")]
    amount = [Decimal(text) for text in ("0", "0.01", "0.35", "1", "7.77", "1000")]
    if chance.random() < 0.5:
        cfd = CfdFee(type="PerVolume", size=chance.choice(percent))
    else:
        cfd = CfdFee(type="PerLot", size=chance.choice(amount), asset_id=chance.choice([None, "eur", "btc", "jpy"]))
    return FeeSettings(spot=SpotFee(type="PerVolume", size=chance.choice(percent)), cfd=cfd, min_fee_rat=chance.choice(amount))


def trade(chance: Random, owners: list[Owner]) -> None:
    """Orders whose fills straddle whatever period is chosen, at one rate or at several, now and then told of out of their order."""
    for number in range(chance.randint(1, 6)):
        owner, market = chance.choice(owners), chance.choice(list(MARKETS))
        of = order(owner.account_id, number, market, user_id=owner.user_id, commission_asset_id="usd")
        rates = [Decimal(text) for text in ("1", "0.0066", "1.333333333333333333", "0.9", "64000.5")]
        rate, at = chance.choice(rates), START + timedelta(hours=chance.randint(0, 20))
        made = []
        for seq in range(1, chance.randint(1, 5) + 1):
            at += timedelta(minutes=chance.choice([0, 1, 40, 300]))
            lots = None if market.startswith("spot") else chance.choice([Decimal("0.01"), Decimal("0.33"), Decimal(5)])
            quoted = market.rsplit("_")[-1]
            moved = Decimal(1) if quoted == "usd" else rate if chance.random() < 0.7 else chance.choice(rates)
            size = {"base_amount": chance.choice([Decimal("0.00000001"), Decimal("0.5"), Decimal("33.333")]), "lots": lots}
            price = chance.choice([Decimal("0.01"), Decimal("149.995"), Decimal("60000.1")])
            made.append(fill(of, seq, at=at, user_id=owner.user_id, quote_asset_id=quoted, rate_to_root=moved, price=price, **size))
        if chance.random() < 0.15 and len(made) > 1:
            made[0].at, made[-1].at = made[-1].at, made[0].at
        Execution.objects.bulk_create(made)


def summed(book: RuleBook, owners: list[Owner], period: Period) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """By market and by client: every order charged by the pure functions, fill by fill."""
    found: dict[tuple[str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    accounts = {owner.account_id: AccountFacts(owner.account_id, owner.user_id, owner.group) for owner in owners}
    for of in Order.objects.prefetch_related("executions"):
        fills = sorted(of.executions.all(), key=lambda one: one.seq)
        kind, quoted = of.market_id.split(".")[0], of.market_id.rsplit("_")[-1]
        rule = winner(book, accounts[of.account_id], MarketFacts(of.market_id, TYPES[kind], MARKETS[of.market_id])).rule  # type: ignore[arg-type]
        charges = quote.charges(terms(kind, quoted, rule), [part(one, quoted, rule) for one in fills])
        for one, charge in zip(fills, charges, strict=True):
            if period.from_ <= one.at < period.to:
                worth = quote.product(charge, one.rate_to_root) if kind == "spot" else charge
                for key in (("Market", of.market_id), ("Client", of.user_id), ("Total", "")):
                    count, total = found[key]
                    found[key] = (count + 1, quote.EXACT.add(total, worth))
    return dict(found)


def terms(kind: str, quoted: str, rule: BookRule) -> Terms:
    return Terms(is_spot=kind == "spot", fee=rule.fee, scale=SCALES[quoted if kind == "spot" else "usd"])


def part(one: Execution, quoted: str, rule: BookRule) -> quote.Fill:
    """In the asset that the market is quoted in, a fee per lot is worth what that asset was worth at the fill; in others, what it is worth now."""
    size_asset = rule.fee.cfd.asset_id
    now = None if size_asset is None else RootRate.objects.get(asset_id=size_asset).rate
    size_rate = one.rate_to_root if size_asset == quoted else now or Decimal(1)
    return quote.Fill(amount=one.base_amount, price=one.price, lots=one.lots, rate=one.rate_to_root, size_rate=size_rate)


def computed(old: RuleBook, new: RuleBook, period: Period, orders: int) -> dict[tuple[str, str], Sums]:
    impact.prepare(old, new)
    _, spans = impact.chunks(period, orders)
    impact.add_edges(period)
    for start, end in spans:
        impact.add(period, start, end)
    with connection.cursor() as cursor:
        cursor.execute("SELECT market_id, user_id, sum(executions), sum(old_rat), sum(new_rat) FROM impact_part GROUP BY market_id, user_id")
        rows = cursor.fetchall()
    impact.forget()
    found = {("Market", market) if market else ("Client", user): (int(count), old, new) for market, user, count, old, new in rows}
    of_markets = [sums for (kind, _), sums in found.items() if kind == "Market"]
    if of_markets:
        found["Total", ""] = reduce(added, of_markets)
    return found


def added(one: Sums, other: Sums) -> Sums:
    return one[0] + other[0], quote.EXACT.add(one[1], other[1]), quote.EXACT.add(one[2], other[2])


@pytest.fixture
def owners(api: BackApi, accounts: dict[str, str]) -> list[Owner]:
    groups = {"anna": ("anna", "retail"), "savings": ("anna", "retail"), "boris": ("boris", "vip")}
    return [Owner(id, *groups[name]) for name, id in accounts.items()]


@settings(max_examples=150)
@given(seed=st.integers(0, 2**63))
def test_an_impact_is_the_sum_over_the_trades_to_the_last_decimal(owners: list[Owner], seed: int) -> None:
    chance = Random(seed)
    with transaction.atomic():
        trade(chance, owners)
        first, last = START + timedelta(minutes=chance.randint(-60, 1_500)), timedelta(minutes=chance.randint(1, 2_000))
        period = Period(from_=first, to=first + last)
        old, new = a_book(chance, owners), a_book(chance, owners)
        by_old, by_new = summed(old, owners, period), summed(new, owners, period)
        expected = {key: (count, total, by_new[key][1]) for key, (count, total) in by_old.items()}
        assert computed(old, new, period, chance.choice([1, 2, 100])) == expected
        transaction.set_rollback(True)


def test_periods_that_meet_come_to_the_whole(owners: list[Owner]) -> None:
    chance = Random(5)
    trade(chance, owners)
    trade_more(chance, owners)
    old, new = a_book(chance, owners), a_book(chance, owners)
    whole = Period(from_=START - timedelta(days=1), to=START + timedelta(days=3))
    cuts = [whole.from_, *(START + timedelta(hours=hours) for hours in (2, 5, 6, 13)), whole.to]
    parts = [computed(old, new, Period(from_=one, to=other), 3) for one, other in pairwise(cuts)]
    total: dict[tuple[str, str], Sums] = defaultdict(lambda: (0, Decimal(0), Decimal(0)))
    for sums in parts:
        for key, values in sums.items():
            total[key] = added(total[key], values)
    assert total == computed(old, new, whole, 100)


def trade_more(chance: Random, owners: list[Owner]) -> None:
    """An order of thirty fills over fifteen hours."""
    of = order(owners[0].account_id, 99, "spot.btc_eur", user_id=owners[0].user_id)
    made = [fill(of, seq, at=START + timedelta(minutes=30 * seq), rate_to_root=Decimal(chance.randint(100, 130)) / 100) for seq in range(1, 31)]
    Execution.objects.bulk_create(made)


def test_nothing_happened(owners: list[Owner]) -> None:
    chance = Random(1)
    period = Period(from_=datetime(2020, 1, 1, tzinfo=START.tzinfo), to=START)
    assert computed(a_book(chance, owners), a_book(chance, owners), period, 10) == {}
