"""History: balances and transfers as lists that are asked for by filters; each answer is one snapshot."""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter, RowsLimit, RowsQuery, Sort
from backoffice.contracts.paging import Page, Rows, Slice, SortDirection
from backoffice.contracts.transfers import TransferStatus, TransferType
from backoffice.contracts.value import Value
from backoffice.contracts.wire import InNumbers, Number

# Balances come whole unless a limit is given, and whole or not at all: a cut list of money would pass for the whole one.
BALANCES_MOST = 20_000

TransferSortField = Literal["CreatedAt", "UpdatedAt", "Amount"]


class UserBalanceTotal(InNumbers, frozen=True, kw_only=True):
    """None when there is no root asset, or no rate for an asset that the user holds."""

    total_balance_in_rat: Number | None = msgspec.field(name="totalBalanceInRAT")


class UserBalance(Value, frozen=True, kw_only=True):
    """What all accounts of a user hold of one asset. What is in the root asset is exact, and None without a rate."""

    user_id: str
    asset_id: str
    asset_name: str
    total_asset_amount: Number
    available_asset_amount: Number
    locked_asset_amount: Number
    rate_to_root_asset: Number | None
    total_asset_amount_in_rat: Number | None = msgspec.field(name="totalAssetAmountInRAT")
    available_asset_amount_in_rat: Number | None = msgspec.field(name="availableAssetAmountInRAT")
    locked_asset_amount_in_rat: Number | None = msgspec.field(name="lockedAssetAmountInRAT")


class AccountBalanceRow(Value, frozen=True, kw_only=True):
    """What one account holds of one asset."""

    user_id: str
    account_id: str
    account_name: str
    asset_id: str
    asset_name: str
    total_asset_amount: Number
    available_asset_amount: Number
    locked_asset_amount: Number
    rate_to_root_asset: Number | None
    total_asset_amount_in_rat: Number | None = msgspec.field(name="totalAssetAmountInRAT")
    available_asset_amount_in_rat: Number | None = msgspec.field(name="availableAssetAmountInRAT")
    locked_asset_amount_in_rat: Number | None = msgspec.field(name="lockedAssetAmountInRAT")


class TransferRow(Value, frozen=True, kw_only=True):
    """`rate_to_root_asset` is that of the transfer's end, and the present one while it waits."""

    user_id: str
    user_email: str
    account_id: str
    account_name: str
    transfer_id: str
    asset_id: str
    asset_name: str
    type: TransferType
    status: TransferStatus
    asset_amount: Number
    created_at: datetime
    rate_to_root_asset: Number | None
    asset_amount_in_rat: Number | None = msgspec.field(name="assetAmountInRAT")
    deduplication_id: str


class ListedTransfer(TransferRow, frozen=True, kw_only=True):
    """A transfer as the desk lists it."""

    user_name: str | None
    updated_at: datetime
    failure_code: str | None
    caller: str


class UserBalances(InNumbers, frozen=True, kw_only=True):
    data: list[UserBalance]


class AccountBalances(InNumbers, frozen=True, kw_only=True):
    data: list[AccountBalanceRow]


class TransferRows(InNumbers, frozen=True, kw_only=True):
    data: list[TransferRow]
    limit: RowsLimit


class BalancesQuery(Value, frozen=True, kw_only=True):
    """Without a limit: every row that matches, up to BALANCES_MOST. `after` continues behind an earlier answer's cursor."""

    filters: list[Filter] = []
    sort: Sort | None = None
    limit: int | None = None
    after: str | None = None


class TransferSort(Value, frozen=True, kw_only=True):
    field: TransferSortField = "CreatedAt"
    direction: SortDirection = "Desc"


class TransferQuery(Value, frozen=True, kw_only=True):
    """`search`: a transfer, account or user id, the beginning of a deduplication id, or a part of an e-mail address.
    Times are from on, up to but without to. `filters` hold besides. Without `is_counted` the total is 0."""

    search: str | None = None
    types: list[TransferType] | None = None
    statuses: list[TransferStatus] | None = None
    asset_ids: list[str] | None = None
    user_id: str | None = None
    account_id: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    filters: list[Filter] = []
    sort: TransferSort | None = None
    limit: int = 50
    after: str | None = None
    is_counted: bool = True


class History(Protocol):
    def user_balance_total(self, actor: Actor, user_id: str) -> UserBalanceTotal:
        """Refuses: NotFound."""

    def user_balances(self, actor: Actor, query: BalancesQuery) -> Slice[UserBalance]:
        """By user and asset unless sorted. Refuses: Invalid (filters, sort, limit, cursor; `too_many_rows` without a limit)."""

    def account_balances(self, actor: Actor, query: BalancesQuery) -> Slice[AccountBalanceRow]:
        """By account and asset unless sorted. Refuses: as user_balances."""

    def transfers(self, actor: Actor, query: RowsQuery) -> Rows[TransferRow]:
        """Newest first unless sorted. Refuses: Invalid (filters, sort, limit, cursor), TooCostly."""

    def transfer_page(self, actor: Actor, query: TransferQuery) -> Page[ListedTransfer]:
        """Refuses: Invalid (filters, limit, cursor, more than 1,000 values)."""
