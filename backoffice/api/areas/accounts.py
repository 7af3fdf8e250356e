"""Accounts of users."""

from backoffice.contracts.accounts import Account, AccountChange, AccountCreated, AccountDetails, NewAccount
from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor, user_id: str) -> list[Account]:
    """Every account of a user, with its balances."""
    return back_api().accounts.find(actor, user_id)


def get(actor: Actor, user_id: str, account_id: str) -> Versioned[Account]:
    """One account of a user, with its balances."""
    return back_api().accounts.get(actor, user_id, account_id)


def details(actor: Actor, account_id: str) -> Versioned[AccountDetails]:
    """All that is known of one account, whosoever it is."""
    return back_api().accounts.by_id(actor, account_id)


def create(actor: Actor, user_id: str, body: NewAccount) -> AccountCreated:
    """Make an account for a user."""
    return back_api().accounts.create(actor, user_id, body)


def update(actor: Actor, user_id: str, account_id: str, body: AccountChange, version: int | None) -> None:
    """Rename an account, move it to another group, close or reopen it."""
    back_api().accounts.update(actor, user_id, account_id, body, version=version)
