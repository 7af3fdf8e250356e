"""Writes what differs between two states of a list of rules or assignments, and nothing else: rows, versions and the audit trail."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.db import models
from django.db.models import F
from django.utils import timezone

from backoffice.commissions.explain import plain
from backoffice.commissions.models import Assignment, AssignmentList, Profile, Rule
from backoffice.contracts.actor import Actor
from backoffice.contracts.rule_book import BookAssignment, BookRule
from backoffice.core import audit

One = TypeVar("One", bound=BookRule | BookAssignment)
SYSTEM_FIELDS = ("id", "version")


class Table(NamedTuple):
    model: type[models.Model]
    object_type: str
    columns: Callable[[Any], dict[str, Any]]


def rule_columns(rule: BookRule) -> dict[str, Any]:
    return {
        "profile_id": rule.profile_id,
        "priority": rule.priority,
        "is_default": rule.is_default,
        "market_id": rule.market_id,
        "market_group_id": rule.market_group_id,
        "spot_size": rule.fee.spot.size,
        "cfd_type": rule.fee.cfd.type,
        "cfd_size": rule.fee.cfd.size,
        "cfd_asset_id": rule.fee.cfd.asset_id,
        "min_fee_rat": rule.fee.min_fee_rat,
    }


def assignment_columns(assignment: BookAssignment) -> dict[str, Any]:
    return {name: getattr(assignment, name) for name in ("priority", "user_id", "account_id", "account_group_id", "profile_id")}


RULES, ASSIGNMENTS = Table(Rule, "commission_rule", rule_columns), Table(Assignment, "commission_assignment", assignment_columns)


def store_rules(actor: Actor, profile_id: str, before: Sequence[BookRule], after: Sequence[BookRule]) -> None:
    """The profile is locked."""
    if _store(actor, RULES, before, after):
        audit.changed(actor, "commission_profile", profile_id, _outline(before), _outline(after))
        Profile.objects.filter(pk=profile_id).update(version=F("version") + 1, updated_at=timezone.now())


def store_assignments(actor: Actor, before: Sequence[BookAssignment], after: Sequence[BookAssignment]) -> None:
    """The list is locked."""
    if _store(actor, ASSIGNMENTS, before, after):
        AssignmentList.objects.update(version=F("version") + 1)


def insert_rules(actor: Actor, rules: Sequence[BookRule]) -> None:
    """Of a profile that has just been made."""
    _store(actor, RULES, [], rules)


def _outline(rules: Sequence[BookRule]) -> dict[str, str | None]:
    """For the profile's own timeline: what each rule is for, where it stands and what it charges."""
    return {_target(rule): _words(rule) for rule in rules}


def _target(rule: BookRule) -> str:
    return rule.market_id or (f"group:{rule.market_group_id}" if rule.market_group_id is not None else "default rule")


def _words(rule: BookRule) -> str:
    place = "" if rule.priority is None else f"{rule.priority}: "
    size = plain(rule.fee.cfd.size)
    cfd = f"{size} %" if rule.fee.cfd.type == "PerVolume" else f"{size} {rule.fee.cfd.asset_id or 'of the root asset'} a lot"
    return f"{place}spot {plain(rule.fee.spot.size)} %, CFD {cfd}, at least {plain(rule.fee.min_fee_rat)}"


def state(one: BookRule | BookAssignment | None) -> dict[str, str | None]:
    """As the audit trail has it."""
    return {} if one is None else audit.as_state(one, without=SYSTEM_FIELDS)


def same(one: One, other: One) -> bool:
    """But for their versions."""
    return msgspec.structs.replace(one, version=other.version) == other


def _store(actor: Actor, table: Table, before: Sequence[One], after: Sequence[One]) -> bool:
    """Takes out what goes or changes, then puts in what comes or has changed: two statements, and no priority is held twice at the end of either.

    Two thousand rules take 0.4 s so; changed in place, in one statement as their priorities demand, they took 4.5 s.
    """
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    gone = [id for id in old if id not in new]
    moved = [id for id in new if id in old and not same(old[id], new[id])]
    made = [id for id in new if id not in old]
    versions = {id: _version(old[id], new[id]) for id in moved} | {id: new[id].version for id in made}
    rows = table.model._default_manager
    if gone or moved:
        rows.filter(pk__in=(*gone, *moved)).delete()
    rows.bulk_create([table.model(id=id, version=version, **table.columns(new[id])) for id, version in versions.items()])
    audit.changed_all(actor, table.object_type, [(id, state(old.get(id)), state(new.get(id))) for id in (*gone, *versions)])
    return bool(gone or versions)


def _version(old: One, new: One) -> int:
    """A new priority alone is a change of the list, not of what stands in it."""
    return old.version + (not same(msgspec.structs.replace(old, priority=new.priority), new))
