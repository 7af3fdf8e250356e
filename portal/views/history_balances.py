"""Balances as lists: what each client holds of each asset, and what each account does."""

from typing import Any

from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.history import AccountBalanceRow, BalancesQuery, UserBalance
from backoffice.contracts.paging import Page, Slice
from backoffice.services import back_api
from portal import history_lists as of
from portal.history_lists import CELL
from portal.listing import Column, Empty, Listing, Range, State, entries, order

BALANCES = "view-balances"
KINDS = (("By client", "portal:balances-clients", BALANCES), ("By account", "portal:balances-accounts", BALANCES))
EMPTY = Empty(icon="wallet", text="Balances show up with the first deposit.")
FIGURES = (
    Range(key="total", label="Total", field="totalAssetAmount"),
    Range(key="available", label="Available", field="availableAssetAmount"),
    Range(key="locked", label="Locked", field="lockedAssetAmount"),
    Range(key="in_root", label="Total in root asset", field="totalAssetAmountInRAT"),
)
COLUMNS = (
    of.ASSET_COLUMN,
    Column(key="asset_name", label="Name", sort="assetName", is_shown=False),
    Column(key="total", label="Total", attribute="total_asset_amount", sort="totalAssetAmount", cell=CELL + "amount", is_numeric=True),
    Column(
        key="available", label="Available", attribute="available_asset_amount", sort="availableAssetAmount", cell=CELL + "amount", is_numeric=True
    ),
    Column(key="locked", label="Locked", attribute="locked_asset_amount", sort="lockedAssetAmount", cell=CELL + "amount", is_numeric=True),
    Column(key="rate", label="Rate", attribute="rate_to_root_asset", is_numeric=True, is_shown=False),
    of.worth_column("held_in_root", "In root asset", "total_asset_amount_in_rat"),
    of.worth_column("available_in_root", "Available in root asset", "available_asset_amount_in_rat", is_shown=False),
    of.worth_column("locked_in_root", "Locked in root asset", "locked_asset_amount_in_rat", is_shown=False),
)


def _asked(declared: Listing[Any], state: State) -> BalancesQuery:
    return BalancesQuery(filters=entries(declared, state), sort=order(declared, state), limit=state.size, after=state.after)


def _of_clients(actor: Actor, state: State) -> Page[UserBalance]:
    found: Slice[UserBalance] = back_api().history.user_balances(actor, _asked(CLIENTS, state))
    return Page(items=found.items, next=found.next)


def _of_accounts(actor: Actor, state: State) -> Page[AccountBalanceRow]:
    found: Slice[AccountBalanceRow] = back_api().history.account_balances(actor, _asked(ACCOUNTS, state))
    return Page(items=found.items, next=found.next)


CLIENTS: Listing[UserBalance] = Listing(
    section="client-balances",
    title="Balances by client",
    noun="balance",
    nouns="balances",
    search=of.BY_EMAIL,
    sought=of.by_email,
    default_sort="userId",
    report_source="UserBalances",
    siblings=KINDS,
    find=_of_clients,
    key=lambda row: f"{row.user_id} {row.asset_id}",
    href=lambda row: reverse("portal:clients-show", args=[row.user_id]),
    empty=EMPTY,
    filters=(of.ASSET, *of.WHOSE[:2], *FIGURES),
    columns=(Column(key="user_id", label="Client id", sort="userId"), *COLUMNS),
)
ACCOUNTS: Listing[AccountBalanceRow] = Listing(
    section="account-balances",
    title="Balances by account",
    noun="balance",
    nouns="balances",
    search=of.BY_EMAIL,
    sought=of.by_email,
    default_sort="accountId",
    siblings=KINDS,
    find=_of_accounts,
    key=lambda row: f"{row.account_id} {row.asset_id}",
    href=lambda row: reverse("portal:accounts-show", args=[row.account_id]),
    empty=EMPTY,
    filters=(of.ASSET, *of.WHOSE, *FIGURES),
    columns=(
        Column(key="account_name", label="Account", sort="accountName"),
        Column(key="account_id", label="Account id", sort="accountId", cell=CELL + "id"),
        Column(key="user_id", label="Client id", sort="userId", cell=CELL + "id", is_shown=False),
        *COLUMNS,
    ),
)

by_client = of.page(CLIENTS)
by_account = of.page(ACCOUNTS)
