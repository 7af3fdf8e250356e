"""The hosted CommissionAssignments: one ordered list, changed as a whole under one lock."""

from collections.abc import Sequence
from uuid import uuid4

import msgspec

from backoffice.accounts.models import Account, AccountGroup, User
from backoffice.commissions import book, defaults, order, storing
from backoffice.commissions.models import AssignmentList, Profile
from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import AssignmentDraft, AssignmentPriority, CommissionAssignment, NewAssignment
from backoffice.contracts.errors import Invalid, NotFound, Stale
from backoffice.contracts.rule_book import BookAssignment
from backoffice.contracts.value import Versioned
from backoffice.core import versions
from backoffice.markets.rules import Faults

NAMES = {
    "user_id": ("userId", User, "user"),
    "account_id": ("accountId", Account, "account"),
    "account_group_id": ("accountGroupId", AccountGroup, "account group"),
}


def find(actor: Actor) -> Versioned[list[CommissionAssignment]]:  # noqa: ARG001  verbs are told who asks
    defaults.ready()
    version = AssignmentList.objects.values_list("version", flat=True).get()
    return Versioned(value=_shown(book.assignments()), version=version)


def get(actor: Actor, assignment_id: str) -> Versioned[CommissionAssignment]:
    one = _one(book.assignments(), assignment_id)
    shown = next(found for found in find(actor).value if found.commission_assignment_id == assignment_id)
    return Versioned(value=shown, version=one.version)


def create(actor: Actor, draft: NewAssignment, *, version: int | None = None) -> CommissionAssignment:
    _lock(draft.commission_profile_id, version=version)
    before = book.assignments()
    _refuse(_faults(draft, before))
    numbers = order.put(_priorities(before), draft.priority, at="priority")
    new = BookAssignment(
        id=str(uuid4()),
        priority=numbers[order.NEW],
        user_id=draft.user_id,
        account_id=draft.account_id,
        account_group_id=draft.account_group_id,
        profile_id=draft.commission_profile_id,
    )
    storing.store_assignments(actor, before, [*_numbered(before, numbers), new])
    return get(actor, new.id).value


def update(actor: Actor, assignment_id: str, change: AssignmentDraft, *, version: int | None = None) -> None:
    _lock(change.commission_profile_id, version=None)
    before = book.assignments()
    one = _one(before, assignment_id, version=version)
    _refuse_default(one, "cannot be changed: it gives the default profile to everybody else")
    _refuse(_faults(change, [other for other in before if other is not one]))
    changed = msgspec.structs.replace(
        one,
        user_id=change.user_id,
        account_id=change.account_id,
        account_group_id=change.account_group_id,
        profile_id=change.commission_profile_id,
    )
    storing.store_assignments(actor, before, [changed if other is one else other for other in before])


def delete(actor: Actor, assignment_id: str, *, version: int | None = None) -> None:
    _lock(None, version=None)
    before = book.assignments()
    one = _one(before, assignment_id, version=version)
    _refuse_default(one, "cannot be deleted: it gives the default profile to everybody else")
    rest = [other for other in before if other is not one]
    storing.store_assignments(actor, before, _numbered(rest, order.without(_priorities(before), assignment_id)))


def set_priorities(actor: Actor, priorities: list[AssignmentPriority], *, version: int | None = None) -> None:
    _lock(None, version=version)
    before = book.assignments()
    wishes = [(wish.commission_assignment_id, wish.priority) for wish in priorities]
    storing.store_assignments(actor, before, _numbered(before, order.wished(_priorities(before), wishes, at="body")))


def _lock(profile_id: str | None, *, version: int | None) -> None:
    """The profile named first, then the list: the order of everybody who takes both. Refuses: Stale."""
    defaults.ready()
    if profile_id is not None:
        Profile.objects.select_for_update(no_key=True).filter(pk=profile_id).first()
    versions.lock(AssignmentList.objects.all(), 1, version=version, name="list of assignments")


def _one(assignments: Sequence[BookAssignment], assignment_id: str, *, version: int | None = None) -> BookAssignment:
    found = next((one for one in assignments if one.id == assignment_id), None)
    if found is None:
        raise NotFound(f"There is no commission assignment {assignment_id}.")
    if version is not None and version != found.version:
        raise Stale(version=found.version)
    return found


def _priorities(assignments: Sequence[BookAssignment]) -> dict[str, int]:
    return {one.id: one.priority for one in assignments if one.priority is not None}


def _numbered(assignments: Sequence[BookAssignment], numbers: dict[str, int]) -> list[BookAssignment]:
    return [msgspec.structs.replace(one, priority=numbers.get(one.id)) for one in assignments]


def _faults(draft: AssignmentDraft, others: Sequence[BookAssignment]) -> Faults:
    named = {name: id for name in NAMES if (id := getattr(draft, name)) is not None}
    if len(named) != 1:
        wire = NAMES[list(named)[1]][0] if named else "userId"
        return {wire: ["name exactly one of a user, an account and an account group"]}
    found: Faults = {}
    [(name, id)] = named.items()
    wire, rows, what = NAMES[name]
    if not rows._default_manager.filter(pk=id).exists():
        found[wire] = [f"there is no {what} {id}"]
    for other in others:
        if getattr(other, name) == id:
            found[wire] = [f"the assignment of priority {other.priority} names this {what} already"]
    if not Profile.objects.filter(pk=draft.commission_profile_id).exists():
        found["commissionProfileId"] = [f"there is no commission profile {draft.commission_profile_id}"]
    return found


def _refuse(found: Faults) -> None:
    if found:
        raise Invalid("The commission assignment is not valid.", fields=found)


def _refuse_default(one: BookAssignment, what: str) -> None:
    if one.is_default:
        raise Invalid(f"The default assignment {what}.", code="default_assignment")


def _shown(assignments: Sequence[BookAssignment]) -> list[CommissionAssignment]:
    names = dict(Profile.objects.values_list("id", "name"))
    return [
        CommissionAssignment(
            commission_assignment_id=one.id,
            priority=number,
            is_default=one.is_default,
            user_id=one.user_id,
            account_id=one.account_id,
            account_group_id=one.account_group_id,
            commission_profile_id=one.profile_id,
            commission_profile_name=names[one.profile_id],
        )
        for number, one in enumerate(assignments, start=1)
    ]
