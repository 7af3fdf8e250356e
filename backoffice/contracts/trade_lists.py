"""Trades as lists that are asked for by filters: executions of orders, and those that liquidity providers told of unasked."""

from datetime import datetime
from typing import Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import Side
from backoffice.contracts.filters import PageQuery, RowsLimit, RowsQuery
from backoffice.contracts.markets import MarketType
from backoffice.contracts.order_lists import OrderType, TimeInForce, TradeReason
from backoffice.contracts.paging import Page, Rows
from backoffice.contracts.value import Value
from backoffice.contracts.wire import InNumbers, Number


class TradeRow(Value, frozen=True, kw_only=True):
    """One execution of an order. What a liquidity provider calls it is None for one that was filled within the house."""

    user_id: str
    user_email: str
    account_id: str
    account_name: str
    order_id: str
    external_order_id: str | None
    lp_order_id: str | None
    execution_id: str
    lp_execution_id: str | None
    market_id: str
    market_display_name: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    base_amount: Number
    quote_amount: Number
    execution_price: Number
    commission_amount: Number
    commission_asset_id: str
    commission_asset_name: str
    commission_in_rat: Number = msgspec.field(name="commissionInRAT")
    created_at: datetime


class ListedTrade(TradeRow, frozen=True, kw_only=True):
    """A trade as the desk lists it; `maker_price` is the one without the broker's markup."""

    user_name: str | None
    market_type: MarketType
    lots: Number | None
    quote_asset_id: str
    volume_in_rat: Number = msgspec.field(name="volumeInRAT")
    maker_price: Number | None
    markup_in_rat: Number = msgspec.field(name="markupInRAT")
    position_id: str | None
    realized_pnl_in_rat: Number | None = msgspec.field(name="realizedPnlInRAT")
    reason: TradeReason


class UnsolicitedTradeRow(Value, frozen=True, kw_only=True):
    """A trade that a liquidity provider reported for an order that was over already; what it did not say is None."""

    user_id: str | None
    user_email: str | None
    account_id: str | None
    account_name: str | None
    order_id: str | None
    external_order_id: str | None
    lp_order_id: str
    execution_id: str
    lp_execution_id: str
    market_id: str
    market_display_name: str
    side: Side
    order_type: OrderType | None
    time_in_force: TimeInForce | None
    base_amount: Number
    quote_amount: Number
    execution_price: Number
    created_at: datetime


class ListedUnsolicitedTrade(UnsolicitedTradeRow, frozen=True, kw_only=True):
    """An unsolicited trade as the desk lists it."""

    user_name: str | None
    market_type: MarketType
    quote_asset_id: str
    session_id: str
    session_name: str | None


class TradeRows(InNumbers, frozen=True, kw_only=True):
    data: list[TradeRow]
    limit: RowsLimit


class UnsolicitedTradeRows(InNumbers, frozen=True, kw_only=True):
    data: list[UnsolicitedTradeRow]
    limit: RowsLimit


class TradeLists(Protocol):
    """Without a sort the newest come first, in the order that is fastest for the filters.

    All refuse: Invalid (filters, sort, limit, cursor), TooCostly.
    """

    def trades(self, actor: Actor, query: RowsQuery) -> Rows[TradeRow]:
        """Executions of orders."""

    def trades_page(self, actor: Actor, query: PageQuery) -> Page[ListedTrade]:
        """The same for the desk."""

    def unsolicited_trades(self, actor: Actor, query: RowsQuery) -> Rows[UnsolicitedTradeRow]:
        """Reported by liquidity providers."""

    def unsolicited_trades_page(self, actor: Actor, query: PageQuery) -> Page[ListedUnsolicitedTrade]:
        """The same for the desk."""
