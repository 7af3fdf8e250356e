"""Over thousands of random rule books and orders: the winner, the trail and the charges are those of a model written differently."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.commissions import explain, match, quote, reach
from backoffice.commissions.match import AccountFacts, MarketFacts
from backoffice.commissions.quote import Fill, Terms
from backoffice.contracts.commissions import CfdFee, FeeSettings, SpotFee
from tests.commissions import model

DESKS = st.integers(min_value=0, max_value=2**32).map(Random)
THOROUGH = settings(max_examples=1_000)


@THOROUGH
@given(DESKS)
def test_the_explained_winner_is_the_models_and_what_it_charges_too(chance: Random) -> None:
    book, account, market, fills = model.random_book(chance), model.random_account(chance), model.random_market(chance), model.random_fills(chance)
    found = match.winner(book, account, market)
    rules = match.rules_of(book, found.assignment.profile_id)
    assert found.assignment.id == model.winning_assignment(list(book.assignments), account)
    assert found.rule.id == model.winning_rule(rules, market)
    told_assignments, told_rules = match.tried_assignments(book.assignments, account), match.tried_rules(rules, market)
    assert [one.commission_assignment_id for one in told_assignments if one.won] == [found.assignment.id]
    assert [one.commission_profile_rule_id for one in told_rules if one.won] == [found.rule.id]
    assert [one.priority for one in told_rules] == list(range(1, len(rules) + 1))
    terms = Terms(market.type == "Spot", found.rule.fee, chance.choice([0, 2, 8, 18]))
    assert sum(map(Fraction, quote.charges(terms, fills))) == model.paid(terms, fills)


@THOROUGH
@given(DESKS, st.booleans(), st.sampled_from([0, 1, 2, 8, 18]))
def test_charges_over_fills_add_up_to_one_rounding_and_one_floor(chance: Random, is_spot: bool, scale: int) -> None:
    terms, fills = Terms(is_spot, model.random_fee(chance), scale), model.random_fills(chance)
    charged = quote.charges(terms, fills)
    so_far = [sum(map(Fraction, charged[: number + 1])) for number in range(len(fills))]
    assert so_far == [model.paid(terms, fills[: number + 1]) for number in range(len(fills))]
    assert all(charge >= 0 and charge == charge.quantize(Decimal(1).scaleb(-scale), context=quote.EXACT) for charge in charged)
    assert explain.lines(terms, fills[0], explain.Names("eur", "usd", None))


@THOROUGH
@given(DESKS)
def test_a_dead_rule_wins_nothing_and_a_live_one_something(chance: Random) -> None:
    rules = model.random_rules(chance, "p0")
    markets = [MarketFacts(id, "Cfd", chance.choice([*model.GROUPS[:3], None])) for id in model.MARKETS]
    told = {one.commission_profile_rule_id: one for one in reach.of(rules, markets)}
    won = [model.winning_rule(rules, market) for market in markets]
    assert {id: one.market_count for id, one in told.items()} == {rule.id: won.count(rule.id) for rule in rules}
    assert [rule.is_default or told[rule.id].is_dead == (rule.id not in won) for rule in rules] == [True] * len(rules)
    assert sum(one.market_count for one in told.values()) == len(markets)


def test_a_rule_of_a_market_and_one_of_its_group_win_by_priority_alone() -> None:
    market = MarketFacts("cfd.xau_usd", "Cfd", "metals")
    fee = FeeSettings(spot=SpotFee(type="PerVolume", size=Decimal(0)), cfd=CfdFee(type="PerVolume", size=Decimal(0)))
    default, group, own = (
        model.BookRule(id=id, profile_id="p", priority=number, fee=fee, **named)
        for id, number, named in (("d", None, {}), ("g", 1, {"market_group_id": "metals"}), ("m", 2, {"market_id": "cfd.xau_usd"}))
    )
    tried = match.tried_rules([default, own, group], market)
    assert [(one.commission_profile_rule_id, one.won, one.reason) for one in tried] == [
        ("g", True, "names the group metals, which the market is in"),
        ("m", False, "a rule above it matched"),
        ("d", False, "a rule above it matched"),
    ]
    elsewhere = match.tried_rules([default, own, group], MarketFacts("cfd.eur_usd", "Cfd", None))
    assert [(one.won, one.reason) for one in elsewhere] == [
        (False, "names the group metals; the market is in no group"),
        (False, "names another market"),
        (True, "no rule above it matched"),
    ]


def test_assignments_are_tried_in_their_order_whatever_they_name() -> None:
    account = AccountFacts("a1", "anna", "retail")
    everybody = model.BookAssignment(id="d", priority=None, profile_id="p")
    named = ({"account_group_id": "vip"}, {"user_id": "boris"}, {"account_id": "a2"}, {"account_group_id": "retail"}, {"account_id": "a1"})
    list_of = [model.BookAssignment(id=str(n), priority=n, profile_id="p", **one) for n, one in enumerate(named, start=1)]
    tried = match.tried_assignments([everybody, *reversed(list_of)], account)
    assert [(one.won, one.reason) for one in tried] == [
        (False, "names the group vip; the account is in retail"),
        (False, "names another user"),
        (False, "names another account"),
        (True, "names the group retail, which the account is in"),
        (False, "an assignment above it matched"),
        (False, "an assignment above it matched"),
    ]


def test_the_minimum_is_paid_once_and_counts_towards_what_follows() -> None:
    """Three fills of 0.4, 0.4 and 1 with a minimum of 1: the first pays it, the second nothing, the third what is above."""
    fee = FeeSettings(spot=SpotFee(type="PerVolume", size=Decimal(1)), cfd=CfdFee(type="PerVolume", size=Decimal(0)), min_fee_rat=Decimal(1))
    fills = [Fill(Decimal(amount), Decimal(1), rate=Decimal(1)) for amount in ("40", "40", "100")]
    assert quote.charges(Terms(True, fee, 2), fills) == [Decimal(1), Decimal(0), Decimal("0.8")]


def test_a_quotient_that_never_ends_is_rounded_up_by_what_is_cut_off() -> None:
    assert quote.quotient_up(Decimal(1), Decimal(3), 2) == Decimal("0.34")
    assert quote.quotient_up(Decimal("1.000000000000000000000000000000000001"), Decimal(1), 2) == Decimal("1.01")
    assert quote.quotient_up(Decimal("99999999999999999999.99"), Decimal(1), 2) == Decimal("99999999999999999999.99")


@pytest.mark.parametrize("module", ["match", "quote", "explain", "reach", "order", "merge", "checks", "sound"])
def test_what_decides_and_calculates_knows_no_database(module: str) -> None:
    source = (Path(match.__file__).with_name(f"{module}.py")).read_text()
    assert re.findall(r"^(?:from|import) (?:django|psycopg|backoffice\.(?:core|services)|.*\.models)", source, re.MULTILINE) == []
