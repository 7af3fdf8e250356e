"""Account groups."""

from backoffice.contracts.accounts import AccountGroup, AccountGroupChange, NewAccountGroup
from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor) -> list[AccountGroup]:
    """Every account group."""
    return back_api().account_groups.find(actor)


def get(actor: Actor, account_group_id: str) -> Versioned[AccountGroup]:
    """One account group."""
    return back_api().account_groups.get(actor, account_group_id)


def create(actor: Actor, body: NewAccountGroup) -> AccountGroup:
    """Make an account group."""
    return back_api().account_groups.create(actor, body)


def update(actor: Actor, account_group_id: str, body: AccountGroupChange, version: int | None) -> None:
    """Rename an account group."""
    back_api().account_groups.update(actor, account_group_id, body, version=version)


def delete(actor: Actor, account_group_id: str, version: int | None) -> None:
    """Delete an account group that no account uses."""
    back_api().account_groups.delete(actor, account_group_id, version=version)
