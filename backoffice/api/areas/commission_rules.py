"""Rules of a commission profile."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import CommissionRule, NewRule, RuleChange, RuleCheck, RuleCreated, RulePriority
from backoffice.contracts.value import Value, Versioned
from backoffice.services import back_api


class Allowed(Value, frozen=True, kw_only=True):
    """Nothing stands against it."""


def find(actor: Actor, profile_id: str) -> Versioned[list[CommissionRule]]:
    """Every rule of a profile, in the order they are tried."""
    return back_api().commission_rules.find(actor, profile_id)


def get(actor: Actor, profile_id: str, rule_id: str) -> Versioned[CommissionRule]:
    """One rule of a profile."""
    return back_api().commission_rules.get(actor, profile_id, rule_id)


def create(actor: Actor, profile_id: str, body: NewRule, version: int | None) -> RuleCreated:
    """Put a rule into a profile; the others move, or get the priorities given with it."""
    return back_api().commission_rules.create(actor, profile_id, body, version=version)


def update(actor: Actor, profile_id: str, rule_id: str, body: RuleChange, version: int | None) -> None:
    """Change what a rule names and charges, and priorities with it."""
    back_api().commission_rules.update(actor, profile_id, rule_id, body, version=version)


def delete(actor: Actor, profile_id: str, rule_id: str, version: int | None) -> None:
    """Take a rule out of its profile; those behind it move up."""
    back_api().commission_rules.delete(actor, profile_id, rule_id, version=version)


def validate_update(actor: Actor, profile_id: str, rule_id: str, body: RuleCheck) -> Allowed:
    """Would this change of what a rule names be allowed?"""
    back_api().commission_rules.validate_update(actor, profile_id, rule_id, body)
    return Allowed()


def validate_delete(actor: Actor, profile_id: str, rule_id: str) -> Allowed:
    """Would deleting this rule be allowed?"""
    back_api().commission_rules.validate_delete(actor, profile_id, rule_id)
    return Allowed()


def set_priorities(actor: Actor, profile_id: str, body: list[RulePriority], version: int | None) -> None:
    """Put all rules but the default one into another order."""
    back_api().commission_rules.set_priorities(actor, profile_id, body, version=version)
