"""Which policies a call meets, and what they ask for together; pure."""

from collections.abc import Iterable, Set
from typing import NamedTuple

from backoffice.approvals.coverage import LIKE
from backoffice.contracts.approvals import ApprovalPolicy
from backoffice.contracts.facts import Facts


class Demand(NamedTuple):
    """The strictest of each: the most approvers, a role of every policy that names some, nobody whom any excludes, the shortest time."""

    needed: int
    approver_roles: list[list[str]]
    excluded_roles: list[str]
    expires_after_minutes: int
    policies: list[str]


def covering(policies: Iterable[ApprovalPolicy], action: str, operation: str) -> list[ApprovalPolicy]:
    return [policy for policy in policies if policy.is_active and policy.covers in (action, LIKE.get(action), operation)]


def is_met(policy: ApprovalPolicy, facts: Facts, maker_roles: Set[str]) -> bool:
    """Fails closed: what has no rate is over every limit, what names nothing of a kind may reach all of it."""
    return (
        _is_large(policy, facts)
        and _is_named(policy.asset_ids, facts.assets, facts.assets)
        and _is_named(policy.market_group_ids, facts.market_groups, facts.market_groups | facts.markets)
        and _is_named(policy.account_group_ids, facts.account_groups, facts.account_groups | facts.accounts)
        and (not policy.maker_roles or not maker_roles.isdisjoint(policy.maker_roles))
    )


def together(met: list[ApprovalPolicy]) -> Demand:
    return Demand(
        needed=max(policy.approvers_needed for policy in met),
        approver_roles=[sorted(policy.approver_roles) for policy in met if policy.approver_roles],
        excluded_roles=sorted({role for policy in met for role in policy.excluded_roles}),
        expires_after_minutes=min(policy.expires_after_minutes for policy in met),
        policies=sorted(policy.name for policy in met),
    )


def _is_large(policy: ApprovalPolicy, facts: Facts) -> bool:
    if policy.amount_from is None:
        return True
    return facts.has_amount and (facts.amount_in_root is None or facts.amount_in_root >= policy.amount_from)


def _is_named(wanted: list[str], named: Set[str], any_of_the_kind: Set[str]) -> bool:
    return not wanted or not any_of_the_kind or not named.isdisjoint(wanted)
