"""Rows as rule lists: what rows of one profile must be together, and the steps to the lists that they say."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import uuid4

import msgspec

from backoffice.commission_files.rows import Row
from backoffice.contracts.commission_changes import AnyEdit, ChangeRule, ListedRule, ReplaceRules
from backoffice.contracts.rule_book import BookRule, RuleBook


class Outcome(NamedTuple):
    """The steps from the rules there are to those that a file says, and how many rules it makes, changes (or only moves), removes and keeps."""

    edits: list[AnyEdit]
    made: int
    changed: int
    removed: int
    kept: int


def check(rows: Sequence[Row]) -> None:
    # When a row's profile or kind cannot be read, nothing is known of how many rules the lists have.
    is_counted = not any(field in row.faults for row in rows for field in ("profile_id", "is_default"))
    for of_profile in _by_profile(rows).values():
        _same_targets(of_profile)
        ranked = [row for row in of_profile if not row.values["is_default"] and "is_default" not in row.faults]
        _priorities(ranked, is_counted=is_counted)
        for row in of_profile:
            if row.values["is_default"] and row.values["priority"] is not None and is_counted and row.values["priority"] != len(ranked) + 1:
                row.tell("priority", f"the default rule is always last: leave it empty, or {len(ranked) + 1} as things are", "")


def _by_profile(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.values["profile_id"] is not None:
            found.setdefault(row.values["profile_id"], []).append(row)
    return found


def _same_targets(rows: Sequence[Row]) -> None:
    """The later of two rows for one market, one group or the default rule is wrong and names the earlier."""
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        for field in ("market_id", "market_group_id", "is_default"):
            value = row.values[field]
            if not value:
                continue
            earlier = first.setdefault((field, str(value)), row.number)
            if earlier != row.number:
                row.tell(field, f"row {earlier} is for the same {'default rule' if value is True else value}")


def _priorities(rows: Sequence[Row], *, is_counted: bool) -> None:
    """1 to n, each once."""
    first: dict[int, int] = {}
    wrong: list[tuple[Row, str]] = []
    for row in rows:
        priority = row.values["priority"]
        if priority is None:
            if "priority" not in row.faults:
                wrong.append((row, "is required"))
            continue
        earlier = first.setdefault(priority, row.number)
        if earlier != row.number:
            wrong.append((row, f"row {earlier} has priority {priority} too"))
        elif is_counted and not 1 <= priority <= len(rows):
            wrong.append((row, f"must be from 1 to {len(rows)}: so many rules of the profile are in the file"))
        elif priority < 1:
            wrong.append((row, "must be at least 1"))
    unread = sum("priority" in row.faults for row in rows)
    missing = [number for number in range(1, len(rows) + 1) if number not in first]
    # Where one number is missing and one row is wrong, only one reading is likely.
    better = str(missing[0]) if is_counted and len(missing) == len(wrong) == 1 and not unread else None
    for row, reason in wrong:
        row.tell("priority", reason, better)


def outcome(rows: Sequence[Row], before: RuleBook) -> Outcome:
    """Of rows without faults: the lists of the profiles that they name become what they say; a default rule that is not in them stays."""
    named = {row.values["profile_id"] for row in rows}
    old = [rule for rule in before.rules if rule.profile_id in named]
    known = {(rule.profile_id, rule.market_id, rule.market_group_id): rule for rule in old}
    new = sorted((_rule(row, known) for row in rows), key=lambda rule: (rule.profile_id, rule.is_default, rule.priority or 0))
    were, ids = {rule.id: rule for rule in old}, {rule.id for rule in new}
    gone = [rule for rule in old if rule.id not in ids and not rule.is_default]
    made = [rule for rule in new if rule.id not in were]
    kept = sum(were.get(rule.id) == rule for rule in new)
    edits = [edit for profile_id in sorted(named) for edit in _edits(profile_id, old, new)]
    return Outcome(edits, len(made), len(new) - len(made) - kept, len(gone), kept)


def _edits(profile_id: str, old: Sequence[BookRule], new: Sequence[BookRule]) -> Iterator[AnyEdit]:
    """Whole lists, as the file says them: made anew from later rules, the draft still says the same."""
    was = [rule for rule in old if rule.profile_id == profile_id]
    will = [rule for rule in new if rule.profile_id == profile_id]
    listed = [rule for rule in will if not rule.is_default]
    if listed != [rule for rule in was if not rule.is_default]:
        yield ReplaceRules(commission_profile_id=profile_id, rules=[_listed(rule) for rule in listed])
    for rule in will:
        if rule.is_default and rule not in was:
            yield ChangeRule(commission_profile_rule_id=rule.id, fee_settings=rule.fee)


def _listed(rule: BookRule) -> ListedRule:
    return ListedRule(commission_profile_rule_id=rule.id, market_id=rule.market_id, market_group_id=rule.market_group_id, fee_settings=rule.fee)


def _rule(row: Row, known: dict[tuple[str, str | None, str | None], BookRule]) -> BookRule:
    """The rule that names the same, with this row's priority and fee; a new one where there is none."""
    assert row.fee is not None
    values = row.values
    rule = known.get((values["profile_id"], values["market_id"], values["market_group_id"]))
    priority = None if values["is_default"] else values["priority"]
    if rule is None:
        return BookRule(
            id=str(uuid4()),
            profile_id=values["profile_id"],
            priority=priority,
            market_id=values["market_id"],
            market_group_id=values["market_group_id"],
            fee=row.fee,
        )
    # Equal numbers may be written unlike: 0.10 stays 0.10.
    return msgspec.structs.replace(rule, priority=priority, fee=rule.fee if rule.fee == row.fee else row.fee)
