"""One order with everything that belongs to it: what filled it, where it was sent, the position it opened or closed, the money it moved."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import Side
from backoffice.contracts.ledger import JournalDetail
from backoffice.contracts.markets import MarketType
from backoffice.contracts.order_lists import ListedExternalOrder, ListedOrder, TradeReason
from backoffice.contracts.position_lists import ClosedPositionRow
from backoffice.contracts.trade_lists import ListedUnsolicitedTrade
from backoffice.contracts.value import Value

# Of an order that was filled in more parts than this the first ones are told.
MOST_FILLS = 1_000


class OrderExecution(Value, frozen=True, kw_only=True):
    """One fill; `seq` counts them from 1. `maker_price` is None of one within the house, `realized_pnl_in_rat` of one that opened something."""

    execution_id: str
    seq: int
    at: datetime
    base_amount: Decimal
    lots: Decimal | None
    price: Decimal
    quote_amount: Decimal
    rate_to_root_asset: Decimal
    volume_in_rat: Decimal = msgspec.field(name="volumeInRAT")
    maker_price: Decimal | None
    markup_in_rat: Decimal = msgspec.field(name="markupInRAT")
    commission_amount: Decimal
    commission_in_rat: Decimal = msgspec.field(name="commissionInRAT")
    external_order_id: str | None
    lp_execution_id: str | None
    position_id: str | None
    realized_pnl_in_rat: Decimal | None = msgspec.field(name="realizedPnlInRAT")
    reason: TradeReason


class ChargedRule(Value, frozen=True, kw_only=True):
    """The commission rule that charged an order. Only its id is known once somebody has deleted it."""

    commission_profile_rule_id: str
    commission_profile_id: str | None
    commission_profile_name: str | None
    is_default: bool | None
    market_id: str | None
    market_group_id: str | None


class OrderPosition(Value, frozen=True, kw_only=True):
    """A position that the order opened, added to or closed, as it is now; a Buy is a long one."""

    position_id: str
    market_type: MarketType
    side: Side
    lots: Decimal
    base_amount: Decimal
    open_price: Decimal
    leverage: int
    margin_in_rat: Decimal = msgspec.field(name="marginInRAT")
    realized_pnl_in_rat: Decimal = msgspec.field(name="realizedPnlInRAT")
    swaps_in_rat: Decimal = msgspec.field(name="swapsInRAT")
    funding_in_rat: Decimal = msgspec.field(name="fundingInRAT")
    opened_at: datetime
    closed_at: datetime | None


class OrderHold(Value, frozen=True, kw_only=True):
    """What an order that rests on a spot market keeps from its account."""

    asset_id: str
    amount: Decimal
    opened_at: datetime


class OrderPage(Value, frozen=True, kw_only=True):
    """`executions_count` is of all of them, of which `executions` has the first MOST_FILLS. External orders are in the order they were sent."""

    order: ListedOrder
    rule: ChargedRule | None
    executions_count: int
    executions: list[OrderExecution]
    external_orders: list[ListedExternalOrder]
    unsolicited_trades: list[ListedUnsolicitedTrade]
    positions: list[OrderPosition]
    closing: ClosedPositionRow | None
    hold: OrderHold | None


class Orders(Protocol):
    def page(self, actor: Actor, order_id: str) -> OrderPage:
        """All of one instant. Refuses: NotFound."""

    def journals(self, actor: Actor, order_id: str) -> list[JournalDetail]:
        """What its fills moved, in their order; a fill that moved nothing has none. Refuses: NotFound."""

    def of_execution(self, actor: Actor, execution_id: str) -> str:
        """The id of the order. Refuses: NotFound."""
