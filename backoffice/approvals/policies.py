"""The hosted ApprovalPolicies, and those of them that the gate asks: read anew every two seconds, as tokens are every five."""

import time

from django.db import transaction
from django.db.models import Q

from backoffice.approvals import coverage, matching
from backoffice.approvals.models import Policy
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import MOST_APPROVERS, ApprovalPolicy, ApprovalPolicyDraft
from backoffice.contracts.errors import NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.operators import rules
from backoffice.operators.models import Operator, Role

KEPT_SECONDS = 2.0
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 43_200
OBJECT = "approval_policy"


class _Kept:
    until = 0.0
    policies: tuple[ApprovalPolicy, ...] = ()


def find(actor: Actor) -> list[ApprovalPolicy]:  # noqa: ARG001  verbs are told who asks
    return [_policy(row) for row in Policy.objects.order_by("name")]


def get(actor: Actor, policy_id: str) -> Versioned[ApprovalPolicy]:  # noqa: ARG001  verbs are told who asks
    row = Policy.objects.filter(pk=policy_id).first()
    if row is None:
        raise NotFound(f"There is no approval policy {policy_id}.")
    return Versioned(value=_policy(row), version=row.version)


def create(actor: Actor, draft: ApprovalPolicyDraft) -> ApprovalPolicy:
    _refuse(draft, but=None)
    row = Policy(**_columns(draft))
    row.save(force_insert=True)
    policy = _policy(row)
    audit.changed(actor, OBJECT, row.id, {}, audit.as_state(policy, without=["id"]))
    transaction.on_commit(forget)
    return policy


def update(actor: Actor, policy_id: str, draft: ApprovalPolicyDraft, *, version: int | None = None) -> None:
    row = versions.lock(Policy.objects.all(), policy_id, version=version, name="approval policy")
    _refuse(draft, but=row.pk)
    before = audit.as_state(_policy(row), without=["id"])
    for name, value in _columns(draft).items():
        setattr(row, name, value)
    after = audit.as_state(_policy(row), without=["id"])
    if after == before:
        return
    row.version += 1
    row.save(force_update=True)
    audit.changed(actor, OBJECT, row.id, before, after)
    transaction.on_commit(forget)


def delete(actor: Actor, policy_id: str, *, version: int | None = None) -> None:
    row = versions.lock(Policy.objects.all(), policy_id, version=version, name="approval policy")
    before = audit.as_state(_policy(row), without=["id"])
    row.delete()
    audit.changed(actor, OBJECT, policy_id, before, {})
    transaction.on_commit(forget)


def covered(actor: Actor) -> dict[str, list[str]]:  # noqa: ARG001  verbs are told who asks
    return {operation: list(verbs) for operation, verbs in coverage.holdable().items()}


def covering(action: str, operation: str) -> list[ApprovalPolicy]:
    """Those that may hold this call; most calls cost nothing but this look into memory."""
    now = time.monotonic()
    if now >= _Kept.until:
        _Kept.policies = tuple(_policy(row) for row in Policy.objects.filter(is_active=True))
        _Kept.until = now + KEPT_SECONDS
    return matching.covering(_Kept.policies, action, operation) if _Kept.policies else []


def forget() -> None:
    """Ask again: policies have changed."""
    _Kept.until = 0.0


def roles_of(actor: Actor) -> frozenset[str]:
    """Of people; programs have none."""
    if actor.kind != "operator":
        return frozenset()
    return frozenset(Operator.roles.through.objects.filter(operator_id=actor.id).values_list("role_id", flat=True))


def _refuse(draft: ApprovalPolicyDraft, *, but: str | None) -> None:
    is_taken = Policy.objects.filter(~Q(pk=but) if but else Q(), name=draft.name).exists() if draft.name.isprintable() else False
    verbs = {verb for found in coverage.holdable().values() for verb in found}
    is_covered = draft.covers in coverage.holdable() or draft.covers in verbs
    reason = coverage.NEVER_HELD.get(draft.covers)
    minutes = f"must be from {SHORTEST_MINUTES} to {LONGEST_MINUTES}"
    named = {*draft.maker_roles, *draft.approver_roles, *draft.excluded_roles}
    unknown = sorted(named - set(Role.objects.filter(pk__in=named).values_list("pk", flat=True)))
    has_limit = draft.amount_from is None or (draft.amount_from.is_finite() and 0 < draft.amount_from < 10**20)
    faults = {
        "name": rules.text_faults(draft.name, longest=100) or ([f"{draft.name} is taken"] if is_taken else []),
        "covers": [] if is_covered else [f"cannot be held: {reason}" if reason else "must be an operation or a verb that changes something"],
        "amountFrom": [] if has_limit else ["must be a number above zero"],
        "approversNeeded": [] if 1 <= draft.approvers_needed <= MOST_APPROVERS else [f"must be from 1 to {MOST_APPROVERS}"],
        "expiresAfterMinutes": [] if SHORTEST_MINUTES <= draft.expires_after_minutes <= LONGEST_MINUTES else [minutes],
        "roles": [f"there is no role {id[:40]}" for id in unknown],
    }
    rules.refuse("The approval policy is not valid.", faults)


def _columns(draft: ApprovalPolicyDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in ApprovalPolicyDraft.__struct_fields__}


def _policy(row: Policy) -> ApprovalPolicy:
    return ApprovalPolicy(**{name: getattr(row, name) for name in ApprovalPolicy.__struct_fields__})
