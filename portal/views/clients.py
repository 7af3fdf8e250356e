"""Clients: the list, one client with accounts and latest transfers, create, edit."""

from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter as Chosen
from backoffice.contracts.history import AccountBalanceRow, BalancesQuery, TransferQuery
from backoffice.contracts.paging import Page
from backoffice.contracts.users import User, UserQuery, UserStatus
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.forms.clients import CLIENT_LABELS, NEW_CLIENT, client_change, client_form, new_client
from portal.forms.form import Form
from portal.listing import Action, Bulk, Column, Empty, Filter, Listing, Period, State, Text, answer
from portal.objects import act, demand
from portal.session import DeskRequest
from portal.templatetags.desk import worded
from portal.worth import total, worth_of

CELLS = "portal/clients/cells.html#"
CREATE = Action(label="New client", icon="user-plus", url_name="portal:clients-create", operation="manage-accounts", is_primary=True)
KIND = catalog.Kind(section="clients", title="Clients", noun="client", object_type="user", capability="users", labels=CLIENT_LABELS)
LATEST = 10
SINCE = Period(key="since", label="Client since")


class Wallet(NamedTuple):
    """An account with what it holds; `in_root` is None without a rate for all of it, or where it may not be seen."""

    account: AccountDetails
    balances: list[AccountBalanceRow]
    in_root: Decimal | None


def _groups(actor: Actor) -> list[tuple[str, str]]:
    return [(one.account_group_id, one.name) for one in back_api().account_groups.find(actor)]


def _find(actor: Actor, state: State) -> Page[User]:
    start, end = SINCE.ends(state)
    wanted = {
        "search": state.search or None,
        "email": state.one("email") or None,
        "name": state.one("name") or None,
        "createdFrom": start,
        "createdTo": end,
        "statuses": state.some("status"),
        "accountGroupIds": state.some("group"),
        "sort": {"field": state.sort, "direction": "Desc" if state.is_descending else "Asc"} if state.sort else None,
        "after": state.after,
        "limit": state.size,
    }
    return back_api().users.find(actor, msgspec.convert(wanted, UserQuery))


CLIENTS: Listing[User] = Listing(
    section="clients",
    title="Clients",
    noun="client",
    nouns="clients",
    object_type="user",
    search="Find by name, e-mail or id",
    default_sort="-CreatedAt",
    find=_find,
    key=lambda user: user.user_id,
    href=lambda user: reverse("portal:clients-show", args=[user.user_id]),
    actions=(CREATE,),
    bulk=(Bulk(label="Edit accounts", icon="wallet", url_name="portal:accounts-bulk", operation="manage-accounts"),),
    empty=Empty(icon="users", text="They come from your client system through the API, and you can make one here.", action=CREATE),
    filters=(
        Filter(key="status", label="Status", choices=worded(UserStatus)),
        Filter(key="group", label="Account group", choices=_groups),
        Text(key="name", label="Name"),
        Text(key="email", label="E-mail"),
        SINCE,
    ),
    columns=(
        Column(key="name", label="Client", sort="Name", plain=lambda user: user.name or user.email, cell=CELLS + "name"),
        Column(key="email", label="E-mail", sort="Email", cell=CELLS + "email"),
        Column(key="status", label="Status", cell=CELLS + "status"),
        Column(key="account_count", label="Accounts", is_numeric=True),
        Column(key="user_id", label="Id", sort="UserId", cell=CELLS + "id"),
        Column(key="created_at", label="Since", sort="CreatedAt", cell=CELLS + "created"),
        Column(key="updated_at", label="Updated", sort="UpdatedAt", cell=CELLS + "updated", is_shown=False),
    ),
)


@require_safe
def list_clients(request: DeskRequest) -> HttpResponse:
    return answer(request, CLIENTS)


@require_safe
def show(request: DeskRequest, user_id: str) -> HttpResponse:
    user, _, found = _found(request, user_id, "Overview")
    actor, history = request.actor, back_api().history
    if request.method == "GET":
        desk().audit.took(actor, "users.show", "user", user_id, rows=1)
    balances = history.user_balance_total(actor, user_id).total_balance_in_rat if permitted(actor, "history.user_balance_total") else None
    transfers = history.transfer_page(actor, TransferQuery(user_id=user_id, limit=LATEST)) if permitted(actor, "history.transfer_page") else None
    context = {
        **found,
        "user": user,
        "wallets": _wallets(actor, user_id),
        "total": balances,
        "transfers": transfers,
        "all_transfers": f"{reverse('portal:transfers-list')}?{urlencode({'q': user_id})}",
        "worth": worth_of(actor),
    }
    return respond.page(request, "portal/clients/show.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "users.create")

    def make(form: Form) -> tuple[str, str]:
        user = back_api().users.create(request.actor, new_client(form))
        return user.user_id, user.name or user.email

    return catalog.create(request, KIND, Form(fields=NEW_CLIENT, values={"status": "Active"}), make)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, user_id: str) -> HttpResponse:
    demand(request.actor, "users.update")
    user, version, found = _found(request, user_id, "Edit")

    def save(form: Form) -> str:
        change = client_change(form)
        back_api().users.update(request.actor, user_id, change, version=form.version or 0)
        return change.name or change.email

    return catalog.edit(request, KIND, found, client_form(user, version), save)


@require_safe
def timeline(request: DeskRequest, user_id: str) -> HttpResponse:
    return catalog.timeline(request, KIND, _found(request, user_id, "Timeline")[2])


def _wallets(actor: Actor, user_id: str) -> list[Wallet]:
    accounts = back_api().accounts.details(actor, user_id)
    rows: list[AccountBalanceRow] = []
    if permitted(actor, "history.account_balances"):
        chosen = Chosen(entry_type="Exact", field="userId", value=user_id)
        rows = back_api().history.account_balances(actor, BalancesQuery(filters=[chosen])).items
    return [_wallet(account, [row for row in rows if row.account_id == account.account_id]) for account in accounts]


def _wallet(account: AccountDetails, rows: list[AccountBalanceRow]) -> Wallet:
    return Wallet(account, rows, total(row.total_asset_amount_in_rat for row in rows if row.total_asset_amount))


def _found(request: DeskRequest, user_id: str, tab: str) -> tuple[User, int, catalog.Context]:
    since = desk().audit.latest(request.actor)
    found = back_api().users.get(request.actor, user_id)
    user: User = found.value
    traded = f"{reverse('portal:trades-list')}?{urlencode({'client': user_id})}"
    acts = [
        act(request.actor, "trade_lists.trades_page", "Trades", "arrow-left-right", traded),
        act(request.actor, "users.update", "Edit", "pencil", KIND.url("edit", user_id)),
        act(request.actor, "accounts.create", "New account", "plus", reverse("portal:accounts-create", args=[user_id]), is_primary=True),
    ]
    frame: dict[str, Any] = catalog.frame(request, KIND, user_id, user.name or user.email, tab, since=since, acts=acts)
    return user, found.version, {**frame, "status_word": user.status}
