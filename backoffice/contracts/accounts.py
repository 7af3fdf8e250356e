"""Accounts: multi-currency wallets of users, and the groups that commission rules and filters name together."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import FieldChange
from backoffice.contracts.value import Value, Versioned

AccountType = Literal["Hedging", "Netting"]
AccountStatus = Literal["Active", "Closed"]


class AccountBalance(Value, frozen=True, kw_only=True):
    """Available is total - locked."""

    asset_id: str
    locked: Decimal
    total: Decimal


class Account(Value, frozen=True, kw_only=True):
    """An account as the contract shows it; balances by asset id."""

    account_id: str
    account_name: str
    account_type: AccountType
    balances: list[AccountBalance]


class AccountDetails(Value, frozen=True, kw_only=True):
    """All that the desk knows of an account."""

    account_id: str
    user_id: str
    account_name: str
    account_type: AccountType
    account_group_id: str
    account_group_name: str
    status: AccountStatus
    created_at: datetime
    updated_at: datetime
    balances: list[AccountBalance]


class NewAccount(Value, frozen=True, kw_only=True):
    """`account_name`: 1 to 50 printable characters."""

    account_name: str
    account_group_id: str
    account_type: AccountType


class AccountCreated(Value, frozen=True, kw_only=True):
    account_id: str


class AccountChange(Value, frozen=True, kw_only=True):
    account_name: str
    account_group_id: str
    status: AccountStatus


class AccountPatch(Value, frozen=True, kw_only=True):
    """A bulk change: what is UNSET stays as it is on each account."""

    account_group_id: str | msgspec.UnsetType = msgspec.UNSET
    status: AccountStatus | msgspec.UnsetType = msgspec.UNSET


class AccountSeen(Value, frozen=True, kw_only=True):
    """An account in the version that somebody decided on."""

    account_id: str
    version: int


class AccountPreview(Value, frozen=True, kw_only=True):
    """What a bulk change would do to one account; with `errors` it cannot be done."""

    account_id: str
    account_name: str
    version: int
    changes: list[FieldChange]
    errors: dict[str, list[str]]


class AccountOutcome(Value, frozen=True, kw_only=True):
    """What a bulk change did to one account; one that was so already is not changed."""

    account_id: str
    account_name: str
    is_changed: bool


class Accounts(Protocol):
    def find(self, actor: Actor, user_id: str) -> list[Account]:
        """Every account of a user, oldest first. Refuses: NotFound (the user)."""

    def details(self, actor: Actor, user_id: str) -> list[AccountDetails]:
        """The same accounts, with all that is known of each. Refuses: NotFound (the user)."""

    def of_users(self, actor: Actor, user_ids: list[str]) -> list[AccountDetails]:
        """The accounts of several users, oldest first; those of nobody for users there are not."""

    def by_ids(self, actor: Actor, account_ids: list[str]) -> list[AccountDetails]:
        """Those of them that there are, in no order."""

    def get(self, actor: Actor, user_id: str, account_id: str) -> Versioned[Account]:
        """Refuses: NotFound (also another user's account)."""

    def by_id(self, actor: Actor, account_id: str) -> Versioned[AccountDetails]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, user_id: str, draft: NewAccount) -> AccountCreated:
        """Refuses: NotFound (the user), Invalid."""

    def update(self, actor: Actor, user_id: str, account_id: str, change: AccountChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid (`account_not_empty` names the assets that keep it from closing)."""

    def preview(self, actor: Actor, account_ids: list[str], change: AccountPatch) -> list[AccountPreview]:
        """What `change` would do to each account; changes nothing. Refuses: NotFound, Invalid."""

    def patch(self, actor: Actor, accounts: list[AccountSeen], change: AccountPatch) -> list[AccountOutcome]:
        """All of them or none. Refuses: NotFound, Stale, Invalid (`account_not_empty` names each that cannot close, with its assets)."""


class AccountGroup(Value, frozen=True, kw_only=True):
    account_group_id: str
    name: str
    account_count: int


class NewAccountGroup(Value, frozen=True, kw_only=True):
    """`account_group_id`: lower-case Latin letters, digits and hyphens; made from the name when absent."""

    account_group_id: str | None = None
    name: str


class AccountGroupChange(Value, frozen=True, kw_only=True):
    name: str


class AccountGroups(Protocol):
    def find(self, actor: Actor) -> list[AccountGroup]:
        """Every group, by name."""

    def get(self, actor: Actor, account_group_id: str) -> Versioned[AccountGroup]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewAccountGroup) -> AccountGroup:
        """Refuses: Invalid."""

    def update(self, actor: Actor, account_group_id: str, change: AccountGroupChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid."""

    def delete(self, actor: Actor, account_group_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, InUse (names accounts)."""
