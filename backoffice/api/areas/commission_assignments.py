"""Commission assignments: who has which profile."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import AssignmentDraft, AssignmentPriority, CommissionAssignment, NewAssignment
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor) -> Versioned[list[CommissionAssignment]]:
    """Every assignment, in the order they are tried."""
    return back_api().commission_assignments.find(actor)


def get(actor: Actor, assignment_id: str) -> Versioned[CommissionAssignment]:
    """One assignment."""
    return back_api().commission_assignments.get(actor, assignment_id)


def create(actor: Actor, body: NewAssignment, version: int | None) -> CommissionAssignment:
    """Give a profile to a user, an account or an account group."""
    return back_api().commission_assignments.create(actor, body, version=version)


def update(actor: Actor, assignment_id: str, body: AssignmentDraft, version: int | None) -> None:
    """Change whom an assignment names and the profile it gives."""
    back_api().commission_assignments.update(actor, assignment_id, body, version=version)


def delete(actor: Actor, assignment_id: str, version: int | None) -> None:
    """Take an assignment out; those behind it move up."""
    back_api().commission_assignments.delete(actor, assignment_id, version=version)


def set_priorities(actor: Actor, body: list[AssignmentPriority], version: int | None) -> None:
    """Put all assignments but the default one into another order."""
    back_api().commission_assignments.set_priorities(actor, body, version=version)
