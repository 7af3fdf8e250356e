"""What a whole rule book must be before it may count: every market and every account find exactly one rule in it. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

import msgspec

from backoffice.commissions import checks
from backoffice.contracts.commissions import RuleTarget
from backoffice.contracts.rule_book import BookAssignment, BookRule, RuleBook
from backoffice.markets.rules import Faults

Seen = TypeVar("Seen", bound=Hashable)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What rules and assignments may name."""

    assets: checks.Assets
    markets: frozenset[str]
    market_groups: frozenset[str]
    users: frozenset[str]
    accounts: frozenset[str]
    account_groups: frozenset[str]


def faults(book: RuleBook, known: Known) -> Faults:
    """By what is wrong: `profiles[id]`, `rules[id]...`, `assignments[id]...`, or a list as a whole."""
    found: Faults = {}
    for name, reason in (*_profile_faults(book), *_rule_faults(book, known), *_assignment_faults(book, known)):
        found.setdefault(name, []).append(reason)
    return found


def _profile_faults(book: RuleBook) -> Iterator[tuple[str, str]]:
    if [profile.is_default for profile in book.profiles].count(True) != 1:
        yield "profiles", "exactly one must be the default"
    for name in _repeated(profile.name for profile in book.profiles):
        yield "profiles", f"the name {name} is there twice"
    for profile in book.profiles:
        rules = [rule for rule in book.rules if rule.profile_id == profile.id]
        if [rule.is_default for rule in rules].count(True) != 1:
            yield f"profiles[{profile.id}]", "exactly one of its rules must be the default"
        if not _is_numbered(rules):
            yield f"profiles[{profile.id}]", "the priorities of its rules must be 1 to n, each once"


def _rule_faults(book: RuleBook, known: Known) -> Iterator[tuple[str, str]]:
    profiles, seen = {profile.id for profile in book.profiles}, set[tuple[str, str | None, str | None]]()
    for rule in book.rules:
        at, target = f"rules[{rule.id}]", (rule.profile_id, rule.market_id, rule.market_group_id)
        if rule.profile_id not in profiles:
            yield at, f"there is no commission profile {rule.profile_id}"
        if rule.is_default and target[1:] != (None, None):
            yield at, "the default rule names neither a market nor a group"
        if not rule.is_default:
            named = RuleTarget(market_id=rule.market_id, market_group_id=rule.market_group_id)
            yield from _each(checks.target_faults(named, (), at=at))
            if target in seen:
                yield at, "another rule of the profile names the same"
            seen.add(target)
        if rule.market_id is not None and rule.market_id not in known.markets:
            yield f"{at}.marketId", f"there is no market {rule.market_id}"
        if rule.market_group_id is not None and rule.market_group_id not in known.market_groups:
            yield f"{at}.marketGroupId", f"there is no market group {rule.market_group_id}"
        yield from _each(checks.fee_faults(rule.fee, known.assets, at=f"{at}.fee"))


def _assignment_faults(book: RuleBook, known: Known) -> Iterator[tuple[str, str]]:
    profiles = {profile.id: profile for profile in book.profiles}
    if not _is_numbered(book.assignments):
        yield "assignments", "the priorities must be 1 to n, each once"
    if [one.is_default for one in book.assignments].count(True) != 1:
        yield "assignments", "exactly one must be the default"
    for target in _repeated(_who(one) for one in book.assignments if not one.is_default):
        yield "assignments", f"{' '.join(filter(None, target))} is named twice"
    for one in book.assignments:
        at, who = f"assignments[{one.id}]", _who(one)
        if one.profile_id not in profiles:
            yield at, f"there is no commission profile {one.profile_id}"
        elif one.is_default and not profiles[one.profile_id].is_default:
            yield at, "the default assignment gives the default profile"
        if sum(id is not None for id in who) != (not one.is_default):
            yield at, "names exactly one of a user, an account and an account group, and the default one nobody"
        kinds = (("user", known.users), ("account", known.accounts), ("account group", known.account_groups))
        for (what, ids), id in zip(kinds, who, strict=True):
            if id is not None and id not in ids:
                yield at, f"there is no {what} {id}"


def _who(one: BookAssignment) -> tuple[str | None, str | None, str | None]:
    return one.user_id, one.account_id, one.account_group_id


def _is_numbered(ordered: Iterable[BookRule | BookAssignment]) -> bool:
    numbers = sorted(one.priority for one in ordered if one.priority is not None)
    return numbers == list(range(1, len(numbers) + 1))


def _repeated(found: Iterable[Seen]) -> list[Seen]:
    return [one for one, count in Counter(found).items() if count > 1]


def _each(found: Faults) -> Iterator[tuple[str, str]]:
    return ((name, reason) for name, reasons in found.items() for reason in reasons)
