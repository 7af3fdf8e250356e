"""The edits of a draft, made one after another on a rule book. What the book must be in the end is not looked at here. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET

from backoffice.commissions import checks, order
from backoffice.contracts import commission_changes as wanted
from backoffice.contracts.commissions import FeeSettings
from backoffice.contracts.errors import Invalid, NotFound, Refused
from backoffice.contracts.rule_book import BookAssignment, BookRule, RuleBook

One = TypeVar("One", bound=BookRule | BookAssignment)


def made(book: RuleBook, edits: Sequence[wanted.AnyEdit], assets: checks.Assets) -> RuleBook:
    """Refuses: Invalid and NotFound (`edits[n]` names the edit)."""
    for number, edit in enumerate(edits):
        try:
            book = MAKE[type(edit)](book, edit, assets)
        except Refused as error:
            fields = {f"edits[{number}]{name and '.'}{name}": reasons for name, reasons in error.fields.items()} or {
                f"edits[{number}]": [error.detail]
            }
            raise type(error)(f"Edit {number + 1}: {error.detail}", code=error.code, fields=fields) from None
    return book


def numbered(edits: Iterable[wanted.AnyEdit]) -> list[wanted.AnyEdit]:
    """With ids for what they create, so that making them again makes the same."""
    return [_with_id(edit) for edit in edits]


def _with_id(edit: wanted.AnyEdit) -> wanted.AnyEdit:
    if isinstance(edit, wanted.CreateRule) and edit.commission_profile_rule_id is None:
        return msgspec.structs.replace(edit, commission_profile_rule_id=str(uuid4()))
    if isinstance(edit, wanted.ReplaceRules):
        return msgspec.structs.replace(edit, rules=[_listed_with_id(rule) for rule in edit.rules])
    if isinstance(edit, wanted.CreateAssignment) and edit.commission_assignment_id is None:
        return msgspec.structs.replace(edit, commission_assignment_id=str(uuid4()))
    return edit


def _listed_with_id(rule: wanted.ListedRule) -> wanted.ListedRule:
    return rule if rule.commission_profile_rule_id is not None else msgspec.structs.replace(rule, commission_profile_rule_id=str(uuid4()))


def _create_rule(book: RuleBook, edit: wanted.CreateRule, assets: checks.Assets) -> RuleBook:
    _known_profile(book, edit.commission_profile_id)
    id = _new_id(edit.commission_profile_rule_id, book.rules, field="commissionProfileRuleId")
    siblings = _siblings(book, edit.commission_profile_id)
    numbers = order.put(_priorities(siblings), edit.priority, at="priority")
    rule = BookRule(
        id=id,
        profile_id=edit.commission_profile_id,
        priority=numbers[order.NEW],
        market_id=edit.market_id,
        market_group_id=edit.market_group_id,
        fee=checks.stored(edit.fee_settings, assets),
    )
    return _with_rules(book, edit.commission_profile_id, [*_renumbered(siblings, numbers), rule])


def _change_rule(book: RuleBook, edit: wanted.ChangeRule, assets: checks.Assets) -> RuleBook:
    rule = _known(book.rules, edit.commission_profile_rule_id, "rule")
    changed: dict[str, Any] = {name: given for name in ("market_id", "market_group_id") if (given := getattr(edit, name)) is not UNSET}
    if rule.is_default and any(changed.values()):
        raise Invalid("Of the default rule only the fee changes.", code="default_rule")
    # Naming the one drops the other: a rule names one of them.
    if changed.get("market_id") is not None:
        changed.setdefault("market_group_id", None)
    if changed.get("market_group_id") is not None:
        changed.setdefault("market_id", None)
    if isinstance(edit.fee_settings, FeeSettings):
        changed["fee"] = checks.stored(edit.fee_settings, assets)
    return msgspec.structs.replace(book, rules=tuple(msgspec.structs.replace(one, **changed) if one is rule else one for one in book.rules))


def _delete_rule(book: RuleBook, edit: wanted.DeleteRule, assets: checks.Assets) -> RuleBook:  # noqa: ARG001  one signature for all of a table
    rule = _known(book.rules, edit.commission_profile_rule_id, "rule")
    if rule.is_default:
        raise Invalid("The default rule of a profile cannot be deleted: it catches what no other rule does.", code="default_rule")
    siblings = _siblings(book, rule.profile_id)
    numbers = order.without(_priorities(siblings), rule.id)
    return _with_rules(book, rule.profile_id, _renumbered([one for one in siblings if one is not rule], numbers))


def _order_rules(book: RuleBook, edit: wanted.OrderRules, assets: checks.Assets) -> RuleBook:  # noqa: ARG001  one signature for all of a table
    _known_profile(book, edit.commission_profile_id)
    siblings = _siblings(book, edit.commission_profile_id)
    numbers = order.wished(_priorities(siblings), _counted(edit.commission_profile_rule_ids), at="commissionProfileRuleIds")
    return _with_rules(book, edit.commission_profile_id, _renumbered(siblings, numbers))


def _replace_rules(book: RuleBook, edit: wanted.ReplaceRules, assets: checks.Assets) -> RuleBook:
    profile_id = edit.commission_profile_id
    _known_profile(book, profile_id)
    siblings = _siblings(book, profile_id)
    known = {rule.id: rule for rule in siblings if not rule.is_default}
    elsewhere = {rule.id for rule in book.rules} - known.keys()
    rules: dict[str, BookRule] = {}
    for priority, listed in enumerate(edit.rules, start=1):
        id = listed.commission_profile_rule_id or ""
        if id in rules or id in elsewhere:
            raise Invalid("The list is not valid.", fields={f"rules[{priority - 1}]": [f"{id} is there twice, or of another list"]})
        fee = checks.stored(listed.fee_settings, assets)
        rule = known.get(id) or BookRule(id=_new_id(id, (), field="commissionProfileRuleId"), profile_id=profile_id, priority=priority, fee=fee)
        rules[id] = msgspec.structs.replace(
            rule, priority=priority, market_id=listed.market_id, market_group_id=listed.market_group_id, fee=rule.fee if rule.fee == fee else fee
        )
    return _with_rules(book, profile_id, [*rules.values(), *(rule for rule in siblings if rule.is_default)])


def _create_assignment(book: RuleBook, edit: wanted.CreateAssignment, assets: checks.Assets) -> RuleBook:  # noqa: ARG001  one signature for all of a table
    _known_profile(book, edit.commission_profile_id)
    id = _new_id(edit.commission_assignment_id, book.assignments, field="commissionAssignmentId")
    numbers = order.put(_priorities(book.assignments), edit.priority, at="priority")
    new = BookAssignment(
        id=id,
        priority=numbers[order.NEW],
        user_id=edit.user_id,
        account_id=edit.account_id,
        account_group_id=edit.account_group_id,
        profile_id=edit.commission_profile_id,
    )
    return _with_assignments(book, [*_renumbered(book.assignments, numbers), new])


def _change_assignment(book: RuleBook, edit: wanted.ChangeAssignment, assets: checks.Assets) -> RuleBook:  # noqa: ARG001  one signature for all of a table
    one = _known(book.assignments, edit.commission_assignment_id, "assignment")
    _known_profile(book, edit.commission_profile_id)
    if one.is_default:
        raise Invalid("The default assignment always gives the default profile.", code="default_assignment")
    changed = msgspec.structs.replace(one, profile_id=edit.commission_profile_id)
    return _with_assignments(book, [changed if other is one else other for other in book.assignments])


def _delete_assignment(book: RuleBook, edit: wanted.DeleteAssignment, assets: checks.Assets) -> RuleBook:  # noqa: ARG001  one signature for all of a table
    one = _known(book.assignments, edit.commission_assignment_id, "assignment")
    if one.is_default:
        raise Invalid("The default assignment cannot be deleted: it catches everybody nobody else is named for.", code="default_assignment")
    numbers = order.without(_priorities(book.assignments), one.id)
    return _with_assignments(book, _renumbered([other for other in book.assignments if other is not one], numbers))


def _order_assignments(book: RuleBook, edit: wanted.OrderAssignments, assets: checks.Assets) -> RuleBook:  # noqa: ARG001  one signature for all of a table
    numbers = order.wished(_priorities(book.assignments), _counted(edit.commission_assignment_ids), at="commissionAssignmentIds")
    return _with_assignments(book, _renumbered(book.assignments, numbers))


MAKE: dict[type[wanted.AnyEdit], Callable[[RuleBook, Any, checks.Assets], RuleBook]] = {
    wanted.CreateRule: _create_rule,
    wanted.ChangeRule: _change_rule,
    wanted.DeleteRule: _delete_rule,
    wanted.OrderRules: _order_rules,
    wanted.ReplaceRules: _replace_rules,
    wanted.CreateAssignment: _create_assignment,
    wanted.ChangeAssignment: _change_assignment,
    wanted.DeleteAssignment: _delete_assignment,
    wanted.OrderAssignments: _order_assignments,
}


def _siblings(book: RuleBook, profile_id: str) -> list[BookRule]:
    return [rule for rule in book.rules if rule.profile_id == profile_id]


def _priorities(listed: Sequence[BookRule] | Sequence[BookAssignment]) -> dict[str, int]:
    return {one.id: one.priority for one in listed if one.priority is not None}


def _renumbered(listed: Sequence[One], numbers: dict[str, int]) -> list[One]:
    return [msgspec.structs.replace(one, priority=numbers.get(one.id)) for one in listed]


def _in_order(one: BookRule | BookAssignment) -> tuple[bool, int]:
    return one.priority is None, one.priority or 0


def _with_rules(book: RuleBook, profile_id: str, rules: list[BookRule]) -> RuleBook:
    others = [rule for rule in book.rules if rule.profile_id != profile_id]
    return msgspec.structs.replace(book, rules=tuple(sorted([*others, *rules], key=lambda one: (one.profile_id, *_in_order(one)))))


def _with_assignments(book: RuleBook, assignments: list[BookAssignment]) -> RuleBook:
    return msgspec.structs.replace(book, assignments=tuple(sorted(assignments, key=_in_order)))


def _counted(ids: Sequence[str]) -> list[tuple[str, int]]:
    return [(id, number) for number, id in enumerate(ids, start=1)]


def _known(listed: Sequence[One], id: str, what: str) -> One:
    found = next((one for one in listed if one.id == id), None)
    if found is None:
        raise NotFound(f"There is no {what} {id} at this step.")
    return found


def _known_profile(book: RuleBook, profile_id: str) -> None:
    if all(profile.id != profile_id for profile in book.profiles):
        raise NotFound(f"There is no commission profile {profile_id}.")


def _new_id(given: str | None, listed: Sequence[BookRule] | Sequence[BookAssignment], *, field: str) -> str:
    """Ids are those of the caller or made before, by `numbered`."""
    try:
        id = str(UUID(given))
    except (TypeError, ValueError):
        raise Invalid("The id is not valid.", fields={field: ["must be a UUID"]}) from None
    if id != given or any(one.id == id for one in listed):
        raise Invalid("The id is not valid.", fields={field: ["must be a new UUID in lower case, with hyphens"]})
    return id
