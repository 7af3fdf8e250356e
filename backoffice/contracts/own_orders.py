"""A trader's own orders, as the terminal shows them: of one account of theirs, and as if there were no other."""

from datetime import datetime
from typing import Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import Side
from backoffice.contracts.order_lists import OrderSource, OrderStatus, OrderType, TimeInForce
from backoffice.contracts.paging import Rows
from backoffice.contracts.value import Value
from backoffice.contracts.wire import Number


class OwnOrder(Value, frozen=True, kw_only=True):
    """Amounts are in units of the base asset; `commission` is what was charged so far, in the asset that the market charges."""

    market_id: str
    order_id: str
    time_in_force: TimeInForce
    status: OrderStatus
    source: OrderSource
    side: Side
    order_type: OrderType
    requested_amount: Number
    remaining_amount: Number
    requested_price: Number | None
    execution_price: Number | None
    hedge: Number
    created_at: datetime
    updated_at: datetime
    cancellation_date: datetime | None
    commission: Number


class OwnOrdersQuery(Value, frozen=True, kw_only=True):
    """Times are from on, up to but without to. `last_order_id` is the last order of an earlier answer, which goes on behind it."""

    created_at_from: datetime | None = None
    created_at_to: datetime | None = None
    order_statuses: list[OrderStatus] | None = None
    last_order_id: str | None = None
    limit: int = 100


class OwnOrders(Protocol):
    """The user is the actor's; an account of somebody else is as absent as one that does not exist."""

    def get(self, actor: Actor, account_id: str, order_id: str) -> Rows[OwnOrder]:
        """A list of one. Refuses: NotFound."""

    def find(self, actor: Actor, account_id: str, query: OwnOrdersQuery) -> Rows[OwnOrder]:
        """The newest first. Refuses: NotFound (account), Invalid (limit, statuses)."""
