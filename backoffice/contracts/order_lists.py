"""Orders as lists that are asked for by filters: those of traders, those of them that are open, and those placed with liquidity providers."""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import Side
from backoffice.contracts.filters import Filter, PageQuery, RowsLimit, RowsQuery, Sort
from backoffice.contracts.markets import MarketType
from backoffice.contracts.paging import Page, Rows
from backoffice.contracts.value import Value
from backoffice.contracts.wire import InNumbers, Number

OrderType = Literal["Market", "Limit"]
TimeInForce = Literal["Gtc", "Ioc", "Fok", "Gtd", "Day"]
OrderStatus = Literal["Started", "Pending", "Working", "Completed", "Cancelled", "Rejected", "Expired"]
ExternalStatus = Literal["New", "PartialFill", "Fill", "Cancelled", "ExternalRejected", "TimeOut", "Expired"]
OrderSource = Literal["Manual", "Api", "System", "Admin"]
TradeReason = Literal["Trader", "StopOut", "MarketHalted", "MarketDisabled", "TakeProfit", "StopLoss", "Admin"]


class OrderRow(Value, frozen=True, kw_only=True):
    """`hedge` is the share in percent that goes to liquidity providers. Amounts are in units of the base asset, `quote_amount` is the base amount
    at the average price or, while nothing is filled, at the limit; None where there is neither. The commission is what was charged so far."""

    order_id: str
    user_id: str
    user_email: str
    account_id: str
    account_name: str
    market_id: str
    market_display_name: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    order_status: OrderStatus
    hedge: Number
    base_amount: Number
    quote_amount: Number | None
    avg_execution_price: Number | None
    limit_price: Number | None
    filled_amount: Number
    remaining_amount: Number
    commission_amount: Number
    commission_asset_id: str
    commission_asset_name: str
    commission_in_rat: Number = msgspec.field(name="commissionInRAT")
    created_at: datetime
    updated_at: datetime


class ListedOrder(OrderRow, frozen=True, kw_only=True):
    """An order as the desk lists it."""

    user_name: str | None
    market_type: MarketType
    quote_asset_id: str
    source: OrderSource
    reason: TradeReason
    reject_details: str | None
    leverage: int | None
    cancellation_date: datetime | None
    position_id: str | None


class ExternalOrderRow(Value, frozen=True, kw_only=True):
    """Prices are the liquidity provider's, without markup; the commission is that of the fills it brought."""

    external_order_id: str
    lp_order_id: str
    order_id: str
    user_id: str
    user_email: str
    account_id: str
    account_name: str
    market_id: str
    market_display_name: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    order_status: ExternalStatus
    base_amount: Number
    quote_amount: Number | None
    avg_execution_price: Number | None
    limit_price: Number | None
    filled_amount: Number
    remaining_amount: Number
    commission_amount: Number
    commission_asset_id: str
    commission_asset_name: str
    commission_in_rat: Number = msgspec.field(name="commissionInRAT")
    created_at: datetime
    updated_at: datetime


class ListedExternalOrder(ExternalOrderRow, frozen=True, kw_only=True):
    """An order with a liquidity provider as the desk lists it."""

    user_name: str | None
    market_type: MarketType
    quote_asset_id: str
    session_id: str
    session_name: str | None


class OrderRows(InNumbers, frozen=True, kw_only=True):
    data: list[OrderRow]
    limit: RowsLimit


class ExternalOrderRows(InNumbers, frozen=True, kw_only=True):
    data: list[ExternalOrderRow]
    limit: RowsLimit


class OpenOrderRows(InNumbers, frozen=True, kw_only=True):
    """`total` counts all open orders that match."""

    total: int
    data: list[OrderRow]


class OpenOrdersQuery(Value, frozen=True, kw_only=True):
    """`offset` or `after`, not both."""

    filters: list[Filter] = []
    sort: Sort | None = None
    limit: int = 100
    offset: int = 0
    after: str | None = None


class OrderLists(Protocol):
    """Without a sort the newest come first, in the order that is fastest for the filters.

    All refuse: Invalid (filters, sort, limit, cursor), TooCostly.
    """

    def orders(self, actor: Actor, query: RowsQuery) -> Rows[OrderRow]:
        """Of every status."""

    def orders_page(self, actor: Actor, query: PageQuery) -> Page[ListedOrder]:
        """The same for the desk."""

    def open_orders(self, actor: Actor, query: OpenOrdersQuery) -> Rows[OrderRow]:
        """Started, Pending and Working ones, all of them counted. Refuses also: Invalid (offset)."""

    def open_orders_page(self, actor: Actor, query: PageQuery) -> Page[ListedOrder]:
        """The same for the desk."""

    def external_orders(self, actor: Actor, query: RowsQuery) -> Rows[ExternalOrderRow]:
        """Placed with liquidity providers to fill orders."""

    def external_orders_page(self, actor: Actor, query: PageQuery) -> Page[ListedExternalOrder]:
        """The same for the desk."""
