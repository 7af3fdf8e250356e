"""Calls that wait until others approve of them, and the policies that hold them."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from backoffice.api.endpoint import WithHeaders
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import Approval, ApprovalGiven, ApprovalPolicy, ApprovalPolicyDraft, ApprovalReason, ApprovalState
from backoffice.contracts.value import Value, Versioned
from backoffice.services import desk


class ApprovalsQuery(Value, frozen=True, kw_only=True):
    """`state` is one of them, `objectType` and `objectId` are of what would change; `after` is the X-Next of an earlier page."""

    state: ApprovalState | None = None
    object_type: str | None = None
    object_id: str | None = None
    is_own: bool | None = None
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


def find(actor: Actor, query: ApprovalsQuery) -> WithHeaders[list[Approval]]:
    """What the caller asked for or may decide on, newest first."""
    page = desk().approvals.find(
        actor,
        states=[query.state] if query.state else [],
        object_type=query.object_type,
        object_id=query.object_id,
        is_own=query.is_own,
        after=query.after,
        limit=query.limit,
    )
    return WithHeaders(page.items, {"X-Next": page.next} if page.next else {})


def get(actor: Actor, approval_id: str) -> Approval:
    """One call that waits or waited, with what it would change."""
    return desk().approvals.get(actor, approval_id)


def approve(actor: Actor, approval_id: str, body: ApprovalGiven) -> Approval:
    """Approve of exactly what was shown; the last one needed carries it out."""
    return desk().approvals.approve(actor, approval_id, body.shown_hash, reason=body.reason)


def deny(actor: Actor, approval_id: str, body: ApprovalReason) -> Approval:
    """Deny: one is enough."""
    return desk().approvals.deny(actor, approval_id, reason=body.reason)


def cancel(actor: Actor, approval_id: str) -> Approval:
    """Take back what the caller asked for."""
    return desk().approvals.cancel(actor, approval_id)


def break_glass(actor: Actor, approval_id: str, body: ApprovalReason) -> Approval:
    """Carry out without others what the caller asked for, in an emergency; everybody is told."""
    return desk().approvals.break_glass(actor, approval_id, reason=body.reason)


def result(actor: Actor, approval_id: str) -> Mapping[str, Any]:
    """What the call answered when it was carried out: once, and to its maker only."""
    return desk().approvals.result(actor, approval_id)


def policies(actor: Actor) -> list[ApprovalPolicy]:
    """The policies, by name."""
    return desk().approval_policies.find(actor)


def policy(actor: Actor, policy_id: str) -> Versioned[ApprovalPolicy]:
    """One policy."""
    return desk().approval_policies.get(actor, policy_id)


def create_policy(actor: Actor, body: ApprovalPolicyDraft) -> ApprovalPolicy:
    """Make a policy; it holds calls within seconds."""
    return desk().approval_policies.create(actor, body)


def update_policy(actor: Actor, policy_id: str, body: ApprovalPolicyDraft, version: int | None) -> None:
    """Change a policy; what waits already waits as it was shown."""
    desk().approval_policies.update(actor, policy_id, body, version=version)


def delete_policy(actor: Actor, policy_id: str, version: int | None) -> None:
    """Delete a policy."""
    desk().approval_policies.delete(actor, policy_id, version=version)
