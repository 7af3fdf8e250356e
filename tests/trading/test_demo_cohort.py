"""The demo's history as it is told, before any database: the same every time, in batches of one size, by the rules of positions and payments."""

from collections import Counter, defaultdict
from datetime import datetime, time
from decimal import Decimal
from itertools import chain, pairwise
from random import Random
from typing import Any

import pytest

from backoffice.commissions.match import AccountFacts
from backoffice.contracts import timetable
from backoffice.contracts.calendars import Calendar
from backoffice.contracts.commissions import CfdFee, FeeSettings, SpotFee
from backoffice.contracts.markets import PositionSwap, SwapSettings
from backoffice.contracts.rule_book import BookAssignment, BookProfile, BookRule, RuleBook
from backoffice.demo.trading import hours
from backoffice.demo.trading.books import Books
from backoffice.demo.trading.cohort import BATCH, Cohort, Span
from backoffice.demo.trading.fees import Fees
from backoffice.demo.trading.orders import Desk
from backoffice.demo.trading.prices import ONE, Asset, Chart
from backoffice.demo.trading.rates import Rates
from backoffice.demo.trading.texts import DAY, HOUR
from backoffice.demo.trading.traders import Trader
from backoffice.demo.trading.venues import MarketFacts, Venue
from backoffice.trading import writing
from backoffice.trading.writing import Batch
from tests.trading.demo import week

END = 1_795_000_000_000
SPAN = Span(END - 30 * DAY, END)
SCALES = {"usd": 2, "eur": 2, "btc": 8}
FEE = FeeSettings(spot=SpotFee(type="PerVolume", size=Decimal("0.1")), cfd=CfdFee(type="PerLot", size=Decimal("1.5")), min_fee_rat=Decimal("0.2"))
BOOK = RuleBook(
    profiles=(BookProfile(id="default", name="Default", is_default=True),),
    rules=(BookRule(id="rule", profile_id="default", priority=None, fee=FEE),),
    assignments=(BookAssignment(id="assignment", priority=None, profile_id="default"),),
)
GROUPS = ("retail", "islamic", "vip")


def venue(kind: Any, base: str, level: Decimal, open_hours: hours.Hours, assets: dict[str, Asset], **more: Any) -> Venue:
    whole: dict[str, Any] = {
        "facts": MarketFacts(f"{kind.lower()}.{base}_usd", kind, None),
        "base": base,
        "quote": "usd",
        "quote_scale": 2,
        "step": 1,
        "size_scale": 2,
        "lot_step": 1,
        "lot_scale": 2,
        "least": 1,
        "most": 10**7,
        "tick": 1,
        "price_scale": 4,
        "leverage": 50,
        "swaps": None,
        "sessions": ("north-tr",),
        "hours": open_hours,
        "chart": Chart(f"{kind}{base}", assets[base], assets["usd"], int(level * 10_000 * ONE)),
    }
    return Venue(**whole | more)


def cohort(wanted: int, seed: int = 1) -> Cohort:
    first, end = SPAN.start // HOUR, SPAN.end // HOUR + 240
    office, always = (
        hours.of(Calendar(calendar_id="c", name="c", time_zone_id=zone, trading_sessions=days, session_overrides=[], market_count=0), first, end)
        for zone, days in (("Europe/Berlin", week(time(8), time(20))), ("UTC", week(time(0), time(23, 59, 59), *timetable.DAYS)))
    )
    assets = {name: Asset(name, kind, END // HOUR) for name, kind in (("usd", ""), ("eur", "Fiat"), ("btc", "Crypto"))}
    assets["usd"].swing = 0
    swaps = SwapSettings(
        type="Points", long_position_settings=PositionSwap(swap_size=Decimal(50)), short_position_settings=PositionSwap(swap_size=Decimal(-20))
    )
    venues = [
        venue("Spot", "btc", Decimal(64_000), always, assets, size_scale=4),
        venue("Cfd", "eur", Decimal("1.08"), office, assets, step=1_000, size_scale=0, swaps=swaps),
        venue("Perp", "btc", Decimal(64_000), always, assets, size_scale=3, lot_scale=3),
    ]
    rates = Rates({"usd": Decimal(1), "eur": Decimal("1.08"), "btc": Decimal(64_000)}, assets, "usd")
    chance = Random(seed)
    desk = Desk(rates, Fees(BOOK, SCALES, rates), Books(rates, chance), chance)
    traders = [
        Trader(
            AccountFacts(f"{number:024x}", f"user-{number}", GROUPS[number % 3]),
            SPAN.start + number * HOUR,
            venues,
            SCALES,
            is_netting=number % 2 == 0,
            is_active=number != 5,
        )
        for number in range(12)
    ]
    return Cohort(desk, traders, SPAN, wanted)


@pytest.fixture(scope="module")
def told() -> list[Batch]:
    return [batch for batch, _ in cohort(8_000).told()]


def rows(told: list[Batch], what: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    lines = chain.from_iterable(getattr(batch, what) for batch in told)
    return [dict(zip(columns, line.rstrip("\n").split("\t"), strict=True)) for line in lines]


def test_chance_is_the_same_every_time_and_another_for_another_seed(told: list[Batch]) -> None:
    assert [batch for batch, _ in cohort(8_000).told()] == told
    assert [batch for batch, _ in cohort(8_000, seed=2).told()] != told


def test_batches_are_of_one_size_however_much_there_is(told: list[Batch]) -> None:
    """So that memory stays the same too."""
    assert len(told) > 1
    assert {len(batch.executions) <= BATCH + 1_000 for batch in told} == {True}
    assert len(list(chain.from_iterable(batch.executions for batch in told))) == pytest.approx(8_000, rel=0.03)


def test_a_netting_account_has_one_position_a_market_at_a_time_and_hedging_orders_have_their_own(told: list[Batch]) -> None:
    lives: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    last = {row["id"]: row for row in rows(told, "positions", writing.POSITION)}
    for row in last.values():
        lives[row["account_id"], row["market_id"]].append((row["opened_at"], row["closed_at"]))
    orders = rows(told, "orders", writing.ORDER)
    closing = {row["order_id"] for row in rows(told, "closings", writing.CLOSING)}
    openings = Counter(row["position_id"] for row in orders if row["id"] not in closing and row["position_id"] != writing.NULL)
    for (account, _), spans in lives.items():
        if int(account, 16) % 2 == 0:
            spans.sort()
            assert all(ended != writing.NULL and ended <= begun for (_, ended), (begun, _) in pairwise(spans))
    hedging = [one for one, row in last.items() if int(row["account_id"], 16) % 2]
    assert {openings[one] for one in hedging} == {1}
    assert max(openings[one] for one in last) > 1


def test_swaps_are_paid_at_the_end_of_the_day_over_the_weekend_three_times_and_never_by_the_swap_free(told: list[Batch]) -> None:
    swaps = rows(told, "swaps", writing.SWAP)
    nights = {datetime.fromisoformat(row["at"]).isoweekday(): set[str]() for row in swaps}
    for row in swaps:
        at = datetime.fromisoformat(row["at"])
        nights[at.isoweekday()].add(row["nights"])
        assert (at.hour, at.minute) == (22, 0)
        assert int(row["account_id"], 16) % 3 != GROUPS.index("islamic")
        assert Decimal(row["amount"]).as_tuple().exponent >= -2
    assert nights == {1: {"1"}, 2: {"1"}, 3: {"1"}, 4: {"1"}, 5: {"3"}}
    assert {Decimal(row["amount"]) < 0 for row in swaps if row["size"] == "50"} == {True}
    assert {Decimal(row["amount"]) > 0 for row in swaps if row["size"] == "-20"} == {True}


def test_funding_is_settled_every_eight_hours_and_the_side_decides_who_pays(told: list[Batch]) -> None:
    funding = rows(told, "funding", writing.FUNDING)
    side = {row["id"]: row["side"] for row in rows(told, "positions", writing.POSITION)}
    assert {datetime.fromisoformat(row["at"]).hour for row in funding} == {0, 8, 16}
    for row in funding:
        pays = (Decimal(row["rate"]) > 0) == (side[row["position_id"]] == "Buy")
        assert (Decimal(row["amount_in_rat"]) < 0) == pays


def test_markets_trade_only_while_they_are_open(told: list[Batch]) -> None:
    of = {row["market_id"]: set[int]() for row in rows(told, "executions", writing.EXECUTION)}
    for row in rows(told, "executions", writing.EXECUTION):
        of[row["market_id"]].add(datetime.fromisoformat(row["at"]).isoweekday())
    assert of == {"spot.btc_usd": set(range(1, 8)), "perp.btc_usd": set(range(1, 8)), "cfd.eur_usd": set(range(1, 6))}


def test_money_is_there_before_it_goes(told: list[Batch]) -> None:
    """Entries are numbered without a gap, in the order of time, and no balance is ever below zero."""
    known: dict[tuple[str, str], tuple[int, Decimal, str]] = {}
    for line in chain.from_iterable(batch.entries for batch in told):
        for row in line.rstrip("\n").split("\n"):
            _, _, account, asset, amount, seq, after, at = row.split("\t")
            if seq == writing.NULL:
                continue
            number, balance, before = known.get((account, asset), (0, Decimal(0), ""))
            assert (int(seq), Decimal(after)) == (number + 1, balance + Decimal(amount))
            assert Decimal(after) >= 0
            assert at >= before
            known[account, asset] = (int(seq), Decimal(after), at)
    balances = {(row.split("\t")[0], row.split("\t")[1]): Decimal(row.split("\t")[2]) for batch in told for row in batch.balances}
    assert balances == {place: balance for place, (_, balance, _) in known.items()}


def test_who_may_not_trade_any_more_has_no_open_orders(told: list[Batch]) -> None:
    waiting = [row for row in rows(told, "orders", writing.ORDER) if row["status"] in ("Pending", "Working")]
    assert waiting
    assert f"{5:024x}" not in {row["account_id"] for row in waiting}
