"""Commission profiles."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import CommissionProfile, CommissionProfileChange, Coverage, NewCommissionProfile
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor) -> list[CommissionProfile]:
    """Every commission profile, the default one first."""
    return back_api().commission_profiles.find(actor)


def get(actor: Actor, profile_id: str) -> Versioned[CommissionProfile]:
    """One commission profile."""
    return back_api().commission_profiles.get(actor, profile_id)


def create(actor: Actor, body: NewCommissionProfile) -> CommissionProfile:
    """Make a commission profile, empty or with the rules of another."""
    return back_api().commission_profiles.create(actor, body)


def update(actor: Actor, profile_id: str, body: CommissionProfileChange, version: int | None) -> None:
    """Rename a commission profile."""
    back_api().commission_profiles.update(actor, profile_id, body, version=version)


def delete(actor: Actor, profile_id: str, version: int | None) -> None:
    """Delete a commission profile that is assigned to nobody."""
    back_api().commission_profiles.delete(actor, profile_id, version=version)


def coverage(actor: Actor, profile_id: str) -> Coverage:
    """Which markets fall to which rule of the profile, and which rules can win none."""
    return back_api().commission_profiles.coverage(actor, profile_id)
