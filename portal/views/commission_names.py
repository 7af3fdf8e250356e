"""What those are called whom assignments and rules name by id, each kind read at once; and the answers of the pickers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.users import User, UserQuery
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.session import DeskRequest

FOUND, LONGEST = 12, 100
Picked = list[tuple[str, str]]


class Whom(Protocol):
    @property
    def user_id(self) -> str | None: ...

    @property
    def account_id(self) -> str | None: ...

    @property
    def account_group_id(self) -> str | None: ...


class Owner(NamedTuple):
    account_id: str | None = None
    user_id: str | None = None
    account_group_id: str | None = None


@dataclass(frozen=True)
class Names:
    users: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def of(self, one: Whom) -> str:
        """Whom an assignment names, in a few words."""
        if one.user_id is not None:
            return self.users.get(one.user_id, one.user_id)
        if one.account_id is not None:
            return self.accounts.get(one.account_id, one.account_id)
        return self.groups.get(one.account_group_id, one.account_group_id) if one.account_group_id is not None else "Everybody else"


def names_of(actor: Actor, named: Sequence[Whom]) -> Names:
    """Ids stand for themselves where the actor may not see who they are."""
    if not permitted(actor, "users.by_ids"):
        return Names()
    accounts = back_api().accounts.by_ids(actor, [one.account_id for one in named if one.account_id is not None])
    ids = {*(one.user_id for one in named if one.user_id is not None), *(account.user_id for account in accounts)}
    users = {user.user_id: called(user) for user in back_api().users.by_ids(actor, sorted(ids))}
    groups = {group.account_group_id: group.name for group in back_api().account_groups.find(actor)}
    return Names(users, {one.account_id: _account(one, users) for one in accounts}, groups)


def market_names(actor: Actor) -> dict[str, str]:
    """Markets by id, and market groups as "group " and their id."""
    if not permitted(actor, "markets.names"):
        return {}
    groups = {f"group {group.market_group_id}": group.name for group in back_api().market_groups.find(actor)}
    return groups | {market.market_id: market.display_name for market in back_api().markets.names(actor)}


def owner_names(actor: Actor, ids: Sequence[str]) -> dict[str, str]:
    """Clients and accounts by id, whichever of them each id is of; account groups as "group " and their id."""
    if not permitted(actor, "users.by_ids"):
        return {}
    names = names_of(actor, [Owner(account_id=id) for id in ids] + [Owner(user_id=id) for id in ids])
    return {f"group {id}": name for id, name in names.groups.items()} | names.users | names.accounts


def called(user: User) -> str:
    return user.name or user.email


def _account(account: AccountDetails, users: dict[str, str]) -> str:
    return f"{account.account_name} of {users.get(account.user_id, account.user_id)}"


@require_safe
def pick(request: DeskRequest, kind: str) -> HttpResponse:
    """What an input may be completed to, as options; whichever input asks sends what stands in it."""
    sought = request.GET.get(next(iter(request.GET), ""), "").strip()[:LONGEST]
    options = list(PICKS[kind](request.actor, sought))[:FOUND] if sought and kind in PICKS else []
    return render(request, "portal/commissions/options.html", {"options": options})


def pick_urls() -> dict[str, str]:
    """Inputs by name and where each asks."""
    found = {"marketId": "markets", "userId": "users", "accountId": "accounts", "market": "markets", "account": "accounts"}
    return {name: reverse("portal:commissions-pick", args=[kind]) for name, kind in found.items()}


def _markets(actor: Actor, sought: str) -> Picked:
    return [(one.market_id, one.display_name) for one in back_api().markets.find(actor, MarketQuery(search=sought, limit=FOUND)).items]


def _users(actor: Actor, sought: str) -> Picked:
    return [(one.user_id, f"{called(one)}, {one.email}") for one in _found(actor, sought)]


def _accounts(actor: Actor, sought: str) -> Iterable[tuple[str, str]]:
    users = {user.user_id: called(user) for user in _found(actor, sought)}
    for account in back_api().accounts.of_users(actor, list(users)):
        yield account.account_id, f"{_account(account, users)}, {account.account_group_name}"


def _found(actor: Actor, sought: str) -> list[User]:
    return back_api().users.find(actor, UserQuery(search=sought, limit=FOUND)).items


PICKS = {"markets": _markets, "users": _users, "accounts": _accounts}
