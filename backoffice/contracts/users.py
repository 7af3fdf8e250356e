"""Users: the broker's clients, by the ids that the broker's own systems gave them."""

from datetime import datetime
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page, SortDirection
from backoffice.contracts.value import Value, Versioned

UserStatus = Literal["Active", "Halted", "Frozen", "Terminated"]
UserSortField = Literal["UserId", "Email", "Name", "CreatedAt", "UpdatedAt"]


class User(Value, frozen=True, kw_only=True):
    """An Active one does everything; a Halted one withdraws and receives but does not trade; of a Frozen or Terminated one nothing moves."""

    user_id: str
    email: str
    name: str | None
    status: UserStatus
    account_count: int
    created_at: datetime
    updated_at: datetime


class NewUser(Value, frozen=True, kw_only=True):
    """`user_id`: 1 to 64 letters, digits, `-`, `_` or `.`, a letter or digit first; a UUID when absent. `name`: up to 100 printable characters."""

    user_id: str | None = None
    email: str
    name: str | None = None
    status: UserStatus = "Active"


class UserChange(Value, frozen=True, kw_only=True):
    email: str
    name: str | None
    status: UserStatus


class UserSort(Value, frozen=True, kw_only=True):
    field: UserSortField = "CreatedAt"
    direction: SortDirection = "Desc"


class UserQuery(Value, frozen=True, kw_only=True):
    """`search` is a substring of id, email or name, or a whole account id; `email` and `name` are parts of each; `after` continues a list behind an
    earlier page's `next`. Times are from on, up to but without to."""

    search: str | None = None
    statuses: list[UserStatus] | None = None
    account_group_ids: list[str] | None = None
    email: str | None = None
    name: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    sort: UserSort | None = None
    limit: int = 50
    after: str | None = None


class Users(Protocol):
    def find(self, actor: Actor, query: UserQuery) -> Page[User]:
        """Refuses: Invalid (limit, cursor)."""

    def by_ids(self, actor: Actor, user_ids: list[str]) -> list[User]:
        """Those of them that there are, in no order."""

    def get(self, actor: Actor, user_id: str) -> Versioned[User]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewUser) -> User:
        """Refuses: Invalid (id or email taken or malformed, name)."""

    def update(self, actor: Actor, user_id: str, change: UserChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid (email taken or malformed, name)."""
