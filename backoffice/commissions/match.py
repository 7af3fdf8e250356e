"""Which assignment and which rule count for an account and a market, and why the others do not. Pure; the first match wins by priority alone."""

from collections.abc import Iterable
from typing import NamedTuple

from backoffice.contracts.commission_quotes import TriedAssignment, TriedRule
from backoffice.contracts.markets import MarketType
from backoffice.contracts.rule_book import BookAssignment, BookRule, RuleBook


class AccountFacts(NamedTuple):
    account_id: str
    user_id: str
    account_group_id: str


class MarketFacts(NamedTuple):
    market_id: str
    type: MarketType
    market_group_id: str | None


class Matched(NamedTuple):
    assignment: BookAssignment
    rule: BookRule


def winner(book: RuleBook, account: AccountFacts, market: MarketFacts) -> Matched:
    assignment = winning_assignment(book.assignments, account)
    return Matched(assignment, winning_rule(rules_of(book, assignment.profile_id), market))


def rules_of(book: RuleBook, profile_id: str) -> list[BookRule]:
    return [rule for rule in book.rules if rule.profile_id == profile_id]


def in_order(one: BookRule | BookAssignment) -> tuple[bool, int]:
    """By priority, the default one, which has none, last."""
    return one.priority is None, one.priority or 0


def winning_assignment(assignments: Iterable[BookAssignment], account: AccountFacts) -> BookAssignment:
    return min((one for one in assignments if assigns(one, account)), key=in_order)


def winning_rule(rules: Iterable[BookRule], market: MarketFacts) -> BookRule:
    return min((one for one in rules if covers(one, market)), key=in_order)


def assigns(one: BookAssignment, account: AccountFacts) -> bool:
    if one.account_id is not None:
        return one.account_id == account.account_id
    if one.user_id is not None:
        return one.user_id == account.user_id
    return one.is_default or one.account_group_id == account.account_group_id


def covers(one: BookRule, market: MarketFacts) -> bool:
    if one.market_id is not None:
        return one.market_id == market.market_id
    return one.is_default or one.market_group_id == market.market_group_id


def tried_assignments(assignments: Iterable[BookAssignment], account: AccountFacts) -> list[TriedAssignment]:
    """Every one in order; exactly one has won."""
    tried, is_late = list[TriedAssignment](), False
    for number, one in enumerate(sorted(assignments, key=in_order), start=1):
        tried.append(
            TriedAssignment(
                commission_assignment_id=one.id,
                priority=number,
                is_default=one.is_default,
                user_id=one.user_id,
                account_id=one.account_id,
                account_group_id=one.account_group_id,
                commission_profile_id=one.profile_id,
                won=not is_late and assigns(one, account),
                reason="an assignment above it matched" if is_late else _why_assigned(one, account),
            )
        )
        is_late = is_late or tried[-1].won
    return tried


def tried_rules(rules: Iterable[BookRule], market: MarketFacts) -> list[TriedRule]:
    """Every one in order; exactly one has won."""
    tried, is_late = list[TriedRule](), False
    for number, one in enumerate(sorted(rules, key=in_order), start=1):
        tried.append(
            TriedRule(
                commission_profile_rule_id=one.id,
                priority=number,
                is_default=one.is_default,
                market_id=one.market_id,
                market_group_id=one.market_group_id,
                won=not is_late and covers(one, market),
                reason="a rule above it matched" if is_late else _why_covered(one, market),
            )
        )
        is_late = is_late or tried[-1].won
    return tried


def _why_assigned(one: BookAssignment, account: AccountFacts) -> str:
    if one.is_default:
        return "no assignment above it matched"
    if one.account_id is not None:
        return "names this account" if assigns(one, account) else "names another account"
    if one.user_id is not None:
        return "names this user" if assigns(one, account) else "names another user"
    if assigns(one, account):
        return f"names the group {one.account_group_id}, which the account is in"
    return f"names the group {one.account_group_id}; the account is in {account.account_group_id}"


def _why_covered(one: BookRule, market: MarketFacts) -> str:
    if one.is_default:
        return "no rule above it matched"
    if one.market_id is not None:
        return "names this market" if covers(one, market) else "names another market"
    if covers(one, market):
        return f"names the group {one.market_group_id}, which the market is in"
    return f"names the group {one.market_group_id}; the market is in {market.market_group_id or 'no group'}"
