"""The hosted OrderLists."""

from dataclasses import replace

from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import ROWS_MOST, PageQuery, RowsQuery
from backoffice.contracts.order_lists import ExternalOrderRow, ListedExternalOrder, ListedOrder, OpenOrdersQuery, OrderRow
from backoffice.contracts.paging import Page, Rows
from backoffice.core import keyset, sources
from backoffice.history import asking
from backoffice.history.order_sources import EXTERNAL_ORDERS, OPEN_ORDERS, ORDERS

OFFSET_MOST = 10_000
# Open orders are few, and the contract's caller is promised all of them.
OPEN_MOST = 1_000_000


def orders(actor: Actor, query: RowsQuery) -> Rows[OrderRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(ORDERS, OrderRow, query)


def orders_page(actor: Actor, query: PageQuery) -> Page[ListedOrder]:  # noqa: ARG001  verbs are told who asks
    return asking.page(ORDERS, ListedOrder, query)


def open_orders(actor: Actor, query: OpenOrdersQuery) -> Rows[OrderRow]:  # noqa: ARG001  verbs are told who asks
    asking.refuse(keyset.limit_fault(query.limit, ROWS_MOST) | keyset.offset_fault(query.offset, OFFSET_MOST, after=query.after))
    clauses = sources.where(OPEN_ORDERS, query.filters)
    found = sources.rows(OPEN_ORDERS, OrderRow, clauses, sort=query.sort, after=query.after, limit=query.limit, offset=query.offset)
    total, _ = sources.count(OPEN_ORDERS, clauses, most=OPEN_MOST)
    return replace(found, total=total)


def open_orders_page(actor: Actor, query: PageQuery) -> Page[ListedOrder]:  # noqa: ARG001  verbs are told who asks
    return asking.page(OPEN_ORDERS, ListedOrder, query)


def external_orders(actor: Actor, query: RowsQuery) -> Rows[ExternalOrderRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(EXTERNAL_ORDERS, ExternalOrderRow, query)


def external_orders_page(actor: Actor, query: PageQuery) -> Page[ListedExternalOrder]:  # noqa: ARG001  verbs are told who asks
    return asking.page(EXTERNAL_ORDERS, ListedExternalOrder, query)
