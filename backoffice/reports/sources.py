"""What reports can be made of: the rows of history under the names that people know, and which sums stand in a receipt."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backoffice.contracts.actor import Actor
from backoffice.contracts.history import TransferRow, UserBalance
from backoffice.contracts.order_lists import ListedOrder, OrderRow
from backoffice.contracts.position_lists import ClosedPositionRow, PositionSwapRow
from backoffice.contracts.reports import ReportSource
from backoffice.contracts.trade_lists import ListedTrade, ListedUnsolicitedTrade, TradeRow, UnsolicitedTradeRow
from backoffice.contracts.users import UserStatus
from backoffice.contracts.value import Value
from backoffice.core import reach
from backoffice.core.filters import Field
from backoffice.core.sources import Source
from backoffice.history import totals_lists
from backoffice.history.order_sources import OPEN_ORDERS, ORDERS
from backoffice.history.position_sources import CLOSED_POSITIONS, POSITION_SWAPS
from backoffice.history.sources import TRANSFERS, USER_BALANCES
from backoffice.history.totals_lists import TotalsList
from backoffice.history.trade_sources import TRADES, UNSOLICITED_TRADES
from backoffice.reports.kinds import Active, Kind, Totals

BALANCES = ("total_asset_amount", "available_asset_amount", "locked_asset_amount")
COMMISSIONS = ("total_commission_in_rat", "total_traded_volume_in_rat")
WHOSE = ("userEmail", "accountName")


class ActiveAccountRow(Value, frozen=True, kw_only=True):
    """An account with an order, a trade or a transfer that was not refused."""

    user_id: str
    user_email: str
    status: UserStatus
    account_id: str
    account_name: str
    account_group_id: str
    account_group_name: str


def _of_assets(name: str, of: TotalsList[Any]) -> Totals:
    return Totals(
        name=name,
        operation="view-commissions",
        source=of.source,
        row=of.row,
        sums=("total_asset_amount_in_rat", "total_asset_commission_in_rat"),
        asset="asset_id",
        asset_sums=("total_asset_amount", "total_asset_commission"),
        of=of,
    )


def _of_clients(name: str, of: TotalsList[Any]) -> Totals:
    return Totals(name=name, operation="view-commissions", source=of.source, row=of.row, sums=COMMISSIONS, of=of)


TRANSFER_KIND = Kind(
    name="Transfers",
    operation="view-transfers",
    source=TRANSFERS,
    row=TransferRow,
    paper=("createdAt", "transferId", *WHOSE, "type", "status", "assetId", "assetAmount", "assetAmountInRAT"),
    sums=("asset_amount_in_rat",),
    asset="asset_id",
    asset_sums=("asset_amount",),
)
ORDER_KIND = Kind(
    name="Orders",
    operation="view-orders",
    source=ORDERS,
    row=ListedOrder,
    usual=OrderRow,
    paper=(
        "createdAt",
        "orderId",
        *WHOSE,
        "marketDisplayName",
        "side",
        "orderType",
        "orderStatus",
        "baseAmount",
        "filledAmount",
        "avgExecutionPrice",
        "commissionInRAT",
    ),
    sums=("commission_in_rat",),
    asset="commission_asset_id",
    asset_sums=("commission_amount",),
)
OPEN_ORDER_KIND = replace(ORDER_KIND, name="Open orders", source=OPEN_ORDERS)
CLOSED_KIND = Kind(
    name="Closed positions",
    operation="view-trades",
    source=CLOSED_POSITIONS,
    row=ClosedPositionRow,
    paper=("closedAt", "orderId", *WHOSE, "marketDisplayName", "side", "reason", "lots", "openPrice", "closePrice", "realizedPnlInRAT"),
    time="closedAt",
    sums=("position_price_in_rat", "realized_pnl_in_rat"),
)
SWAP_KIND = Kind(
    name="Position swaps",
    operation="view-trades",
    source=POSITION_SWAPS,
    row=PositionSwapRow,
    paper=("createdAt", "positionId", *WHOSE, "marketDisplayName", "nights", "size", "amount", "assetId", "amountInRAT"),
    sums=("amount_in_rat",),
    asset="asset_id",
    asset_sums=("amount",),
)
TRADE_KIND = Kind(
    name="Trades",
    operation="view-trades",
    source=TRADES,
    row=ListedTrade,
    usual=TradeRow,
    paper=("createdAt", "executionId", *WHOSE, "marketDisplayName", "side", "baseAmount", "executionPrice", "quoteAmount", "commissionInRAT"),
    sums=("volume_in_rat", "commission_in_rat"),
    asset="commission_asset_id",
    asset_sums=("commission_amount",),
)
KINDS: Mapping[ReportSource, Kind] = {
    "UserBalances": Kind(
        name="Balances by user",
        operation="view-balances",
        source=USER_BALANCES,
        row=UserBalance,
        time=None,
        sums=tuple(f"{name}_in_rat" for name in BALANCES),
        asset="asset_id",
        asset_sums=BALANCES,
    ),
    "UserTransfers": replace(TRANSFER_KIND, name="Transfers of a user", needs_user=True),
    "UserAssetCommissions": replace(_of_assets("Commissions of a user by asset", totals_lists.USER_ASSET_LIST), needs_user=True),
    "UserOpenOrders": replace(OPEN_ORDER_KIND, name="Open orders of a user", needs_user=True),
    "UserOrders": replace(ORDER_KIND, name="Orders of a user", needs_user=True),
    "UserClosedPositions": replace(CLOSED_KIND, name="Closed positions of a user", needs_user=True),
    "UserPositionSwaps": replace(SWAP_KIND, name="Position swaps of a user", needs_user=True),
    "UserTrades": replace(TRADE_KIND, name="Trades of a user", needs_user=True),
    "Transfers": TRANSFER_KIND,
    "Orders": ORDER_KIND,
    "OpenOrders": OPEN_ORDER_KIND,
    "ClosedPositions": CLOSED_KIND,
    "PositionSwaps": SWAP_KIND,
    "Trades": TRADE_KIND,
    "UnsolicitedTrades": Kind(
        name="Unsolicited trades",
        operation="view-trades",
        source=UNSOLICITED_TRADES,
        row=ListedUnsolicitedTrade,
        usual=UnsolicitedTradeRow,
        paper=("createdAt", "lpExecutionId", "lpOrderId", "orderId", *WHOSE, "marketDisplayName", "side", "baseAmount", "executionPrice"),
        asset="quote_asset_id",
        asset_sums=("quote_amount",),
    ),
    "AssetsCommissions": _of_assets("Commissions by asset", totals_lists.ASSET_LIST),
    "UsersCommissions": _of_clients("Commissions by user", totals_lists.USERS),
    "AccountsCommissions": _of_clients("Commissions by account", totals_lists.ACCOUNT_LIST),
    "ActiveAccounts": Active(
        name="Active accounts",
        operation="view-active-accounts",
        source=Source(
            rows="",
            fields={"userId": Field("user_id", "text", is_sortable=True), "accountId": Field("account_id", "text", is_sortable=True)},
            key=("account_id",),
            order=("accountId", "Asc"),
        ),
        row=ActiveAccountRow,
    ),
}


def seen_by(actor: Actor) -> list[ReportSource]:
    """Sources whose reports exist for the actor."""
    return [name for name, kind in KINDS.items() if actor.may(kind.operation)]


def seen_whole(actor: Actor) -> list[ReportSource]:
    """Sources of whose rows the actor may see every one; of the others, what somebody else had made may hold too much."""
    is_limited = bool(reach.limits_of(actor, "view-reports"))
    return [] if is_limited else [name for name in seen_by(actor) if not reach.limits_of(actor, KINDS[name].operation)]
