"""A change from one rule book to another, laid over the book of today: what has moved in between, and what comes out. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from backoffice.contracts.commissions import FeeSettings
from backoffice.contracts.rule_book import BookAssignment, BookProfile, BookRule, RuleBook

One = TypeVar("One", bound=BookProfile | BookRule | BookAssignment)
# What of a thing is changed and held against later changes as one, by what it is called.
Parts = dict[str, Any]
ORDER = "priority"
Faults = dict[str, list[str]]


def profiles_touched(before: RuleBook, after: RuleBook) -> list[str]:
    """Whose name, rules or assignments change; in order."""
    found = {one.id for one in _differing(before.profiles, after.profiles)}
    found |= {one.profile_id for one in _differing(before.rules, after.rules)}
    return sorted(found | {one.profile_id for one in _differing(before.assignments, after.assignments)})


def moved(before: RuleBook, after: RuleBook, now: RuleBook) -> Faults:
    """By what it is, as people call it: how it is no longer what the change began with. Empty when the change can be made."""
    found: Faults = {}
    names = {profile.id: profile.name for book in (now, after, before) for profile in book.profiles}
    said = (
        *_moved(before.profiles, after.profiles, now.profiles, lambda one: names[one.id]),
        *_moved(before.rules, after.rules, now.rules, lambda one: f"{names.get(one.profile_id, one.profile_id)}: {_rule_name(one)}"),
        *_moved(before.assignments, after.assignments, now.assignments, lambda one: f"assignments: {_who(one)}"),
        *_reordered(before, after, now, names),
    )
    for name, reason in said:
        found.setdefault(name, []).append(reason)
    return found


def merged(before: RuleBook, after: RuleBook, now: RuleBook) -> RuleBook:
    """The book of now with the change made; what the change does not touch is as it is now."""
    return msgspec.structs.replace(
        now,
        profiles=_merged(before.profiles, after.profiles, now.profiles),
        rules=_merged(before.rules, after.rules, now.rules),
        assignments=_merged(before.assignments, after.assignments, now.assignments),
    )


def _moved(before: Sequence[One], after: Sequence[One], now: Sequence[One], name: Callable[[One], str]) -> Iterator[tuple[str, str]]:
    current = {one.id: one for one in now}
    for old, new in _changes(before, after):
        if old is None:
            if new is not None and new.id in current:
                yield name(new), "is there already"
        elif old.id not in current:
            yield name(old), "has been deleted since"
        else:
            was, wanted, held = _parts(old), _parts(new) if new else {}, _parts(current[old.id])
            # Whether priorities can be set depends on the whole list, which is looked at by itself.
            yield from ((name(old), f"its {part} has changed since") for part in was if part != ORDER and wanted.get(part) != was[part] != held[part])


def _reordered(before: RuleBook, after: RuleBook, now: RuleBook, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for profile_id in sorted({rule.profile_id for rule in before.rules}):
        old, new, current = (_numbers([rule for rule in book.rules if rule.profile_id == profile_id]) for book in (before, after, now))
        if old != new and old != current:
            yield names[profile_id], "the order of its rules has changed since"
    old, new, current = (_numbers(book.assignments) for book in (before, after, now))
    if old != new and old != current:
        yield "assignments", "their order has changed since"


def _merged(before: Sequence[One], after: Sequence[One], now: Sequence[One]) -> tuple[One, ...]:
    changes = {one.id: (old, new) for old, new in _changes(before, after) if (one := old or new) is not None}
    kept = [one if one.id not in changes else _overlaid(one, *changes[one.id]) for one in now]
    made = [msgspec.structs.replace(new, version=1) for old, new in changes.values() if old is None and new is not None]
    return (*(one for one in kept if one is not None), *made)


def _overlaid(now: One, old: One | None, new: One | None) -> One | None:
    if old is None or new is None:
        return None
    was, wanted = _parts(old), _parts(new)
    return _with(now, {part: value for part, value in wanted.items() if value != was[part]})


def _changes(before: Sequence[One], after: Sequence[One]) -> list[tuple[One | None, One | None]]:
    """Before and after of what differs, but for versions."""
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    pairs = [(old.get(id), new.get(id)) for id in dict.fromkeys((*old, *new))]
    return [(one, other) for one, other in pairs if one is None or other is None or _parts(one) != _parts(other)]


def _differing(before: Sequence[One], after: Sequence[One]) -> list[One]:
    return [one for pair in _changes(before, after) for one in pair if one is not None]


def _numbers(ordered: Sequence[BookRule] | Sequence[BookAssignment]) -> dict[str, int | None]:
    return {one.id: one.priority for one in ordered}


def _parts(one: BookProfile | BookRule | BookAssignment) -> Parts:
    if isinstance(one, BookProfile):
        return {"name": one.name}
    if isinstance(one, BookAssignment):
        return {ORDER: one.priority, "target": (one.user_id, one.account_id, one.account_group_id), "profile": one.profile_id}
    fee = one.fee
    target = (one.market_id, one.market_group_id)
    return {ORDER: one.priority, "target": target, "fee on spot markets": fee.spot, "fee on CFD markets": fee.cfd, "least fee": fee.min_fee_rat}


def _with(one: One, changed: Parts) -> One:
    parts = _parts(one) | changed
    if isinstance(one, BookProfile):
        return msgspec.structs.replace(one, name=parts["name"])
    if isinstance(one, BookAssignment):
        user, account, group = parts["target"]
        return msgspec.structs.replace(
            one, priority=parts[ORDER], user_id=user, account_id=account, account_group_id=group, profile_id=parts["profile"]
        )
    market, group = parts["target"]
    fee = FeeSettings(spot=parts["fee on spot markets"], cfd=parts["fee on CFD markets"], min_fee_rat=parts["least fee"])
    return msgspec.structs.replace(one, priority=parts[ORDER], market_id=market, market_group_id=group, fee=fee)


def _rule_name(rule: BookRule) -> str:
    return "the default rule" if rule.is_default else f"the rule of {rule.market_id or rule.market_group_id}"


def _who(one: BookAssignment) -> str:
    return one.user_id or one.account_id or one.account_group_id or "everybody else"
