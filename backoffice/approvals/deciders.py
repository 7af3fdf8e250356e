"""Who may decide on an approval: somebody else, active, who holds its operation now and reaches what it is about."""

import msgspec

from backoffice.approvals import keeping, policies
from backoffice.approvals.gate import DECIDE
from backoffice.approvals.models import Approval
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Refused
from backoffice.core import sealing
from backoffice.operators import identity, scopes


def roles_of(actor: Actor) -> frozenset[str]:
    return policies.roles_of(actor)


def refusal(actor: Actor, row: Approval, roles: frozenset[str]) -> str:
    """Why not; "" when they may. By what the actor carries: `present` asks anew."""
    if row.maker == keeping.maker_key(actor):
        return "Who asks for something does not approve it."
    if actor.kind == "system":
        return "A person decides, not the desk itself."
    if not actor.may(DECIDE):
        return f"This needs the operation {DECIDE}."
    if not actor.may(row.operation):
        return f"This needs the operation {row.operation} itself."
    if not reaches(actor, row):
        return "This lies outside of what your roles reach."
    if not roles.isdisjoint(row.excluded_roles):
        return "A policy excludes a role of yours from approving this."
    if any(roles.isdisjoint(wanted) for wanted in row.approver_roles):
        return "A policy asks for approvers of a role that you do not have."
    return ""


def reaches(actor: Actor, row: Approval) -> bool:
    """Could they make the call themselves? Who decides for others has their own limits still."""
    if not actor.scopes.get(row.operation):
        return True
    try:
        scopes.check(actor, keeping.call_of(row))
    except (Refused, sealing.Locked, KeyError, msgspec.MsgspecError):
        return False
    return True


def present(actor: Actor) -> Actor | None:
    """The same actor with the rights that they still have: no more than came with the call, no more than are given now."""
    now = identity.actor_now(actor.kind, actor.id, trace_id=actor.trace_id)
    return None if now is None or not now.may(DECIDE) else now


def still_may(approver: str, row: Approval) -> bool:
    """Does one who said yes still hold the right when it counts?"""
    kind, _, id = approver.partition(":")
    now = identity.actor_now(kind, id, trace_id="")
    return now is not None and not refusal(now, row, policies.roles_of(now))
