"""Users: the broker's clients."""

from typing import Annotated

from msgspec import Meta

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page, SortDirection
from backoffice.contracts.users import NewUser, User, UserChange, UserQuery, UserSort, UserSortField, UserStatus
from backoffice.contracts.value import Value, Versioned
from backoffice.services import back_api


class UsersQuery(Value, frozen=True, kw_only=True):
    search: str | None = None
    status: UserStatus | None = None
    account_group_id: str | None = None
    sort: UserSortField = "CreatedAt"
    direction: SortDirection = "Desc"
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50
    after: str | None = None


def find(actor: Actor, query: UsersQuery) -> Page[User]:
    """Users that match, a page of them."""
    wanted = UserQuery(
        search=query.search,
        statuses=None if query.status is None else [query.status],
        account_group_ids=None if query.account_group_id is None else [query.account_group_id],
        sort=UserSort(field=query.sort, direction=query.direction),
        limit=query.limit,
        after=query.after,
    )
    return back_api().users.find(actor, wanted)


def get(actor: Actor, user_id: str) -> Versioned[User]:
    """One user."""
    return back_api().users.get(actor, user_id)


def create(actor: Actor, body: NewUser) -> User:
    """Make a user."""
    return back_api().users.create(actor, body)


def update(actor: Actor, user_id: str, body: UserChange, version: int | None) -> None:
    """Change a user's email, name or status."""
    back_api().users.update(actor, user_id, body, version=version)
