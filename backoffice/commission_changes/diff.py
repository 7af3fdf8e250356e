"""What a change set does, rule by rule and assignment by assignment. Pure."""

from collections.abc import Iterator, Sequence

from backoffice.commissions import storing
from backoffice.contracts.commission_changes import BookChange
from backoffice.contracts.markets import FieldChange
from backoffice.contracts.rule_book import BookAssignment, BookRule, RuleBook
from backoffice.core import audit

OWN = ("profileId",)


def changes(before: RuleBook, after: RuleBook) -> list[BookChange]:
    """Rules by profile in the order they are tried then, those that go last; assignments likewise."""
    return [*_changes(before.rules, after.rules), *_changes(before.assignments, after.assignments)]


def _changes(before: Sequence[BookRule] | Sequence[BookAssignment], after: Sequence[BookRule] | Sequence[BookAssignment]) -> Iterator[BookChange]:
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    for id in dict.fromkeys((*new, *old)):
        was, will = old.get(id), new.get(id)
        shown = will or was
        if shown is None:
            continue
        fields = _fields(was, will)
        if fields:
            yield BookChange(
                object_type="commission_rule" if isinstance(shown, BookRule) else "commission_assignment",
                object_id=id,
                commission_profile_id=shown.profile_id,
                label=_label(shown),
                action="Created" if was is None else "Deleted" if will is None else "Changed",
                fields=fields,
            )


def _fields(was: BookRule | BookAssignment | None, will: BookRule | BookAssignment | None) -> list[FieldChange]:
    before, after = storing.state(was), storing.state(will)
    names = [name for name in audit.differing(before, after) if name not in OWN or isinstance(was or will, BookAssignment)]
    return [FieldChange(field=name, before=before.get(name), after=after.get(name)) for name in names]


def _label(one: BookRule | BookAssignment) -> str:
    if isinstance(one, BookRule):
        return one.market_id or (f"group {one.market_group_id}" if one.market_group_id else "default rule")
    return one.user_id or one.account_id or (f"group {one.account_group_id}" if one.account_group_id else "everybody else")
