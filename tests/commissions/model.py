"""Commissions once more, written differently: by dictionaries, fractions and one formula for totals. And random desks to try both on."""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from random import Random
from typing import Any

from backoffice.commissions.match import AccountFacts, MarketFacts
from backoffice.commissions.quote import Fill, Terms
from backoffice.contracts.commissions import CfdFee, FeeSettings, SpotFee
from backoffice.contracts.rule_book import BookAssignment, BookProfile, BookRule, RuleBook

GROUPS, MARKETS = ["metals", "fx", "crypto", "empty"], [f"{kind}.a{number}_usd" for kind in ("spot", "cfd", "perp") for number in range(4)]
ACCOUNT_GROUPS, USERS, ACCOUNTS = ["retail", "vip", "pro"], ["anna", "boris", "carl"], ["a1", "a2", "a3", "a4"]
KINDS = {"spot": "Spot", "cfd": "Cfd", "perp": "Perp"}


def winning_rule(rules: list[BookRule], market: MarketFacts) -> str:
    """Ask who names this market and who its group; of those two the smaller number, or the default."""
    by_market = {rule.market_id: rule for rule in rules if rule.market_id}
    by_group = {rule.market_group_id: rule for rule in rules if rule.market_group_id}
    found = [by_market.get(market.market_id), by_group.get(market.market_group_id) if market.market_group_id else None]
    numbers = {rule.priority: rule.id for rule in found if rule}
    return numbers[min(numbers)] if numbers else next(rule.id for rule in rules if rule.priority is None)


def winning_assignment(assignments: list[BookAssignment], account: AccountFacts) -> str:
    table = {("user", one.user_id): one for one in assignments if one.user_id}
    table |= {("account", one.account_id): one for one in assignments if one.account_id}
    table |= {("group", one.account_group_id): one for one in assignments if one.account_group_id}
    keys = (("user", account.user_id), ("account", account.account_id), ("group", account.account_group_id))
    numbers = {table[key].priority: table[key].id for key in keys if key in table}
    return numbers[min(numbers)] if numbers else next(one.id for one in assignments if one.priority is None)


def fee(terms: Terms, fill: Fill) -> Fraction:
    turnover = Fraction(fill.amount) * Fraction(fill.price)
    if terms.is_spot:
        return turnover * Fraction(terms.fee.spot.size) / 100
    cfd = terms.fee.cfd
    if cfd.type == "PerLot":
        return Fraction(fill.lots or 0) * Fraction(cfd.size) * Fraction(fill.size_rate or 0)
    return turnover * Fraction(cfd.size) * Fraction(fill.rate or 0) / 100


def least(terms: Terms, fill: Fill) -> Fraction:
    wanted = Fraction(terms.fee.min_fee_rat)
    return wanted / Fraction(fill.rate or 1) if terms.is_spot else wanted


def paid(terms: Terms, fills: list[Fill]) -> Fraction:
    """What the order has paid in all: the sum of fees or the highest floor, rounded up once."""
    exact = max([sum((fee(terms, fill) for fill in fills), Fraction(0)), *(least(terms, fill) for fill in fills)])
    return Fraction(ceil(exact * 10**terms.scale), 10**terms.scale)


def random_book(chance: Random) -> RuleBook:
    profiles = tuple(BookProfile(id=f"p{number}", name=f"P{number}", is_default=number == 0) for number in range(chance.randint(1, 3)))
    rules = [rule for profile in profiles for rule in random_rules(chance, profile.id)]
    who = [{"user_id": id} for id in USERS] + [{"account_id": id} for id in ACCOUNTS] + [{"account_group_id": id} for id in ACCOUNT_GROUPS]
    named = chance.sample(who, chance.randint(0, len(who)))
    assignments = [BookAssignment(id=f"a{n}", priority=n, profile_id=chance.choice(profiles).id, **one) for n, one in enumerate(named, start=1)]
    assignments.append(BookAssignment(id="default", priority=None, profile_id="p0"))
    return RuleBook(profiles=profiles, rules=tuple(shuffled(chance, rules)), assignments=tuple(shuffled(chance, assignments)))


def random_rules(chance: Random, profile_id: str) -> list[BookRule]:
    targets = [{"market_id": id} for id in MARKETS] + [{"market_group_id": id} for id in GROUPS]
    named = chance.sample(targets, chance.randint(0, len(targets)))
    rules = [
        BookRule(id=f"{profile_id}-r{number}", profile_id=profile_id, priority=number, fee=random_fee(chance), **one)
        for number, one in enumerate(named, start=1)
    ]
    return [*rules, BookRule(id=f"{profile_id}-default", profile_id=profile_id, priority=None, fee=random_fee(chance))]


def random_fee(chance: Random) -> FeeSettings:
    per_lot = chance.random() < 0.5
    cfd = CfdFee(type="PerLot", size=decimal(chance, 3, 2)) if per_lot else CfdFee(type="PerVolume", size=decimal(chance, 1, 4))
    floor = chance.choice([Decimal(0), decimal(chance, 1, 2), decimal(chance, 3, 2)])
    return FeeSettings(spot=SpotFee(type="PerVolume", size=decimal(chance, 1, 4)), cfd=cfd, min_fee_rat=floor)


def random_account(chance: Random) -> AccountFacts:
    return AccountFacts(chance.choice(ACCOUNTS), chance.choice(USERS), chance.choice(ACCOUNT_GROUPS))


def random_market(chance: Random) -> MarketFacts:
    market_id = chance.choice(MARKETS)
    return MarketFacts(market_id, KINDS[market_id.split(".")[0]], chance.choice([*GROUPS[:3], None]))  # type: ignore[arg-type]


def random_fills(chance: Random) -> list[Fill]:
    return [
        Fill(
            amount=decimal(chance, 6, 8),
            price=decimal(chance, 6, 8),
            lots=decimal(chance, 3, 4),
            rate=decimal(chance, 3, 18) + Decimal("0.000000000000000001"),
            size_rate=decimal(chance, 2, 18),
        )
        for _ in range(chance.randint(1, 4))
    ]


def decimal(chance: Random, digits: int, places: int) -> Decimal:
    """Often a round one: there rounding has its edges."""
    whole, cut = chance.randint(0, 10**digits), chance.choice([0, 1, places])
    return Decimal(whole) + Decimal(chance.randint(0, 10**cut - 1)).scaleb(-cut)


def shuffled(chance: Random, found: list[Any]) -> list[Any]:
    return chance.sample(found, len(found))
