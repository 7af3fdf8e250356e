"""The hosted OwnOrders: what a trader's terminal shows of one account of theirs."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.filters import ROWS_MOST, Filter
from backoffice.contracts.own_orders import OwnOrder, OwnOrdersQuery
from backoffice.contracts.paging import Rows
from backoffice.core import keyset, sources
from backoffice.core.filters import Clause
from backoffice.core.sources import Source
from backoffice.history import asking
from backoffice.history.order_sources import ORDERS

# No joins, and not from a replica: a trader looks for the order just placed.
OWN = Source(
    rows="""
        SELECT o.market_id, o.id AS order_id, o.account_id, o.time_in_force, o.status, o.source, o.side, o.order_type, o.requested_amount,
            o.requested_amount - o.filled_amount AS remaining_amount, o.limit_price AS requested_price, o.avg_price AS execution_price, o.hedge,
            o.created_at, o.updated_at, o.cancellation_date, o.commission
        FROM trading_order o
    """,
    fields={
        **{name: ORDERS.fields[name] for name in ("orderId", "accountId", "createdAt")},
        "status": ORDERS.fields["orderStatus"]._replace(column="status"),
    },
    key=("order_id",),
    order=("orderId", "Desc"),
    advice="Give a shorter range of times.",
)


def get(actor: Actor, account_id: str, order_id: str) -> Rows[OwnOrder]:
    _check(actor, account_id)
    asked = [Filter(entry_type="Exact", field=name, value=value) for name, value in (("orderId", order_id), ("accountId", account_id))]
    found = sources.rows(OWN, OwnOrder, sources.where(OWN, asked), limit=1)
    if found.json == b"[]":
        raise NotFound(f"There is no order {order_id}.")
    return found


def find(actor: Actor, account_id: str, query: OwnOrdersQuery) -> Rows[OwnOrder]:
    asking.refuse(keyset.limit_fault(query.limit, ROWS_MOST))
    _check(actor, account_id)
    clauses = sources.where(OWN, [Filter(entry_type="Exact", field="accountId", value=account_id), *_entries(query)])
    behind = [] if query.last_order_id is None else [Clause("r.order_id < %s", (query.last_order_id,))]
    return sources.rows(OWN, OwnOrder, [*clauses, *behind], limit=query.limit)


def _check(actor: Actor, account_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM accounts_account WHERE id = %s AND user_id = %s", [account_id, actor.user_id])
        is_own = cursor.rowcount == 1
    if not is_own:
        raise NotFound(f"There is no account {account_id}.")


def _entries(query: OwnOrdersQuery) -> Iterator[Filter]:
    if query.order_statuses is not None:
        statuses: list[Any] = list(query.order_statuses)
        yield Filter(entry_type="Exact", field="status", value=statuses)
    ends = {"from": query.created_at_from, "to": query.created_at_to}
    if given := {name: end.isoformat() for name, end in ends.items() if end is not None}:
        yield Filter(entry_type="Range", field="createdAt", value=given)
