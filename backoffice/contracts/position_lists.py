"""Positions as lists that are asked for by filters: open, closed, and what was paid for them or by them while they stayed open."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import Side
from backoffice.contracts.filters import PageQuery, RowsQuery
from backoffice.contracts.markets import MarketType
from backoffice.contracts.order_lists import OrderType, TimeInForce, TradeReason
from backoffice.contracts.paging import Page, Rows
from backoffice.contracts.value import Value

PaidSwap = Literal["Fix", "Points", "Percent"]


class OfPosition(Value, frozen=True, kw_only=True):
    """Whose position it is, and where."""

    position_id: str
    user_id: str
    user_email: str
    user_name: str | None
    account_id: str
    account_name: str
    market_id: str
    market_display_name: str
    market_type: MarketType


class PositionRow(OfPosition, frozen=True, kw_only=True):
    """An open position; a Buy is a long one. What it realized, paid and got is up to now."""

    side: Side
    lots: Decimal
    base_amount: Decimal
    open_price: Decimal
    quote_asset_id: str
    leverage: int
    margin_in_rat: Decimal = msgspec.field(name="marginInRAT")
    realized_pnl_in_rat: Decimal = msgspec.field(name="realizedPnlInRAT")
    swaps_in_rat: Decimal = msgspec.field(name="swapsInRAT")
    funding_in_rat: Decimal = msgspec.field(name="fundingInRAT")
    opened_at: datetime


class ClosedPositionRow(OfPosition, frozen=True, kw_only=True):
    """What one order closed of a position; side and kind are the order's. Prices are averages over its executions."""

    order_id: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    reason: TradeReason
    lots: Decimal
    base_amount: Decimal
    open_price: Decimal
    close_price: Decimal
    quote_asset_id: str
    rate_to_root_asset: Decimal
    position_price_in_rat: Decimal = msgspec.field(name="positionPriceInRAT")
    realized_pnl_in_rat: Decimal = msgspec.field(name="realizedPnlInRAT")
    opened_at: datetime
    closed_at: datetime


class PositionSwapRow(OfPosition, frozen=True, kw_only=True):
    """Interest over nights. `amount` is what the account got, below zero what it paid."""

    swap_id: str
    swap_type: PaidSwap
    nights: int
    size: Decimal
    amount: Decimal
    asset_id: str
    amount_in_rat: Decimal = msgspec.field(name="amountInRAT")
    created_at: datetime


class FundingPaymentRow(OfPosition, frozen=True, kw_only=True):
    """A settlement of a perpetual. `amount_in_rat` is what the account got, below zero what it paid; `rate` is a fraction."""

    funding_id: str
    rate: Decimal
    mark_price: Decimal
    quote_asset_id: str
    rate_to_root_asset: Decimal
    amount_in_rat: Decimal = msgspec.field(name="amountInRAT")
    created_at: datetime


class PositionRows(Value, frozen=True, kw_only=True):
    items: list[PositionRow]
    next: str | None


class ClosedPositionRows(Value, frozen=True, kw_only=True):
    items: list[ClosedPositionRow]
    next: str | None


class PositionSwapRows(Value, frozen=True, kw_only=True):
    items: list[PositionSwapRow]
    next: str | None


class FundingPaymentRows(Value, frozen=True, kw_only=True):
    items: list[FundingPaymentRow]
    next: str | None


class PositionLists(Protocol):
    """Without a sort the newest come first, in the order that is fastest for the filters.

    All refuse: Invalid (filters, sort, limit, cursor), TooCostly.
    """

    def positions(self, actor: Actor, query: RowsQuery) -> Rows[PositionRow]:
        """Open ones."""

    def positions_page(self, actor: Actor, query: PageQuery) -> Page[PositionRow]:
        """The same, counted."""

    def closed_positions(self, actor: Actor, query: RowsQuery) -> Rows[ClosedPositionRow]:
        """One for each order that closed something, so that a position closed in parts is several."""

    def closed_positions_page(self, actor: Actor, query: PageQuery) -> Page[ClosedPositionRow]:
        """The same, counted."""

    def position_swaps(self, actor: Actor, query: RowsQuery) -> Rows[PositionSwapRow]:
        """Of positions open and closed."""

    def position_swaps_page(self, actor: Actor, query: PageQuery) -> Page[PositionSwapRow]:
        """The same, counted."""

    def funding_payments(self, actor: Actor, query: RowsQuery) -> Rows[FundingPaymentRow]:
        """Of positions open and closed."""

    def funding_payments_page(self, actor: Actor, query: PageQuery) -> Page[FundingPaymentRow]:
        """The same, counted."""
