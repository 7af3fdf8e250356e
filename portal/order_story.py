"""What happened to an order, as events in the order of time."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from backoffice.contracts.order_lists import OrderStatus
from backoffice.contracts.order_page import OrderExecution, OrderPage
from portal.templatetags.desk import plain, words

# More fills than this are told by the first and the last of them.
EACH = 6
ENDED: tuple[OrderStatus, ...] = ("Completed", "Cancelled", "Rejected", "Expired")
REASONS = {
    "Trader": "by the client",
    "StopOut": "by a stop out",
    "MarketHalted": "since the market was halted",
    "MarketDisabled": "since the market was disabled",
    "TakeProfit": "by a take profit",
    "StopLoss": "by a stop loss",
    "Admin": "by the broker",
}
SOURCES = {"Manual": "in the terminal", "Api": "through the API", "System": "by the system", "Admin": "by the broker"}


class Event(NamedTuple):
    """`state` is shown as a pill; `key` is an id that says more."""

    at: datetime
    what: str
    detail: str = ""
    state: str = ""
    key: str = ""


def events_of(page: OrderPage) -> list[Event]:
    """Newest first. What happened at one moment stays in the order it is told here."""
    found = [*_beginning(page), *_external(page), *_fills(page), *_unsolicited(page), *_end(page)]
    return sorted(found, key=lambda event: event.at)[::-1]


def _beginning(page: OrderPage) -> Iterator[Event]:
    order = page.order
    why = "" if order.reason == "Trader" else f", {REASONS[order.reason]}"
    yield Event(order.created_at, "Placed", f"{SOURCES[order.source]}{why}")
    if page.hold:
        yield Event(page.hold.opened_at, "Locked", f"{plain(page.hold.amount)} {page.hold.asset_id} while it rests")


def _external(page: OrderPage) -> Iterator[Event]:
    for one in page.external_orders:
        where = one.session_name or one.session_id
        yield Event(one.created_at, f"Sent to {where}", plain(one.base_amount), key=one.lp_order_id)
        if one.order_status != "New":
            filled = f"{plain(one.filled_amount)} of {plain(one.base_amount)}" if one.filled_amount else ""
            yield Event(one.updated_at, f"{where} answered", filled, one.order_status, one.lp_order_id)


def _fills(page: OrderPage) -> Iterator[Event]:
    if page.executions_count <= EACH:
        for one in page.executions:
            yield Event(one.at, "Filled", _filled(one))
        return
    first, last = page.executions[0], page.executions[-1]
    yield Event(first.at, "First fill", _filled(first))
    total = sum((one.base_amount for one in page.executions), Decimal(0))
    yield Event(last.at, f"{page.executions_count} fills", f"{plain(total)} in all" if page.executions_count == len(page.executions) else "")


def _filled(one: OrderExecution) -> str:
    return f"{plain(one.base_amount)} at {plain(one.price)}"


def _unsolicited(page: OrderPage) -> Iterator[Event]:
    for one in page.unsolicited_trades:
        where = one.session_name or one.session_id
        yield Event(one.created_at, f"{where} reported a trade unasked", f"{plain(one.base_amount)} at {plain(one.execution_price)}")


def _end(page: OrderPage) -> Iterator[Event]:
    order = page.order
    if order.order_status in ENDED:
        yield Event(order.updated_at, words(order.order_status), order.reject_details or "", order.order_status)
