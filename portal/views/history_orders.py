"""Orders as lists: all of them, those that are open, those placed with liquidity providers."""

from decimal import Decimal
from typing import get_args

from backoffice.contracts.order_lists import ExternalStatus, ListedExternalOrder, ListedOrder, OrderSource, OrderStatus
from backoffice.services import back_api
from portal import history_lists as of
from portal.history_lists import CELL
from portal.listing import Column, Empty, Filter, Listing, Period, Range, Text, query
from portal.templatetags.desk import worded, words

ORDERS = "view-orders"
OPEN: tuple[OrderStatus, ...] = ("Started", "Pending", "Working")
KINDS = (
    ("All", "portal:orders-list", ORDERS),
    ("Open", "portal:orders-open", ORDERS),
    ("With liquidity providers", "portal:orders-external", ORDERS),
)


def _filled(row: ListedOrder | ListedExternalOrder) -> Decimal | None:
    return (row.filled_amount * 100 / row.base_amount).quantize(Decimal("0.01")) if row.base_amount else None


PRICES = (
    Column(key="base_amount", label="Amount", sort="baseAmount", is_numeric=True),
    Column(key="filled", label="Filled, %", plain=_filled, cell=CELL + "filled", is_numeric=True),
    Column(key="limit_price", label="Limit price", cell=CELL + "price", is_numeric=True, is_shown=False),
    Column(key="avg_execution_price", label="Average price", cell=CELL + "price", is_numeric=True),
    Column(key="quote_amount", label="Quote amount", cell=CELL + "price", is_numeric=True, is_shown=False),
    of.QUOTE_ASSET_COLUMN,
    Column(key="filled_amount", label="Filled amount", sort="filledAmount", is_numeric=True, is_shown=False),
    Column(key="remaining_amount", label="Left", sort="remainingAmount", is_numeric=True, is_shown=False),
    Column(
        key="commission_amount", label="Commission in its asset", sort="commissionAmount", cell=CELL + "commission", is_numeric=True, is_shown=False
    ),
    Column(key="commission_asset_id", label="Commission asset", is_shown=False),
    of.worth_column("commission", "Commission", "commission_in_rat", sort="commissionInRAT"),
)
STATUS = Column(key="order_status", label="Status", cell=CELL + "status")
UPDATED = Column(key="updated_at", label="Updated", sort="updatedAt", cell=CELL + "time", is_shown=False)
COLUMNS = (
    Column(key="order_id", label="Order", sort="orderId", cell=CELL + "short"),
    of.CREATED_COLUMN,
    STATUS,
    *of.WHERE_AND_WHOSE,
    *of.TERMS_COLUMNS,
    *PRICES,
    of.reason_column(),
    Column(key="source", label="Source", plain=lambda row: words(row.source), is_shown=False),
    Column(key="leverage", label="Leverage", is_numeric=True, is_shown=False),
    Column(key="hedge", label="To providers, %", is_numeric=True, is_shown=False),
    Column(key="reject_details", label="Why rejected", is_shown=False),
    Column(key="cancellation_date", label="Good till", cell=CELL + "time", is_shown=False),
    Column(key="position_id", label="Position", cell=CELL + "short", is_shown=False),
    UPDATED,
    *of.HIDDEN,
)
COMMON = (of.CREATED, of.ORDER, *of.WHOSE, *of.MARKET, *of.TERMS)
AMOUNTS = (
    of.AMOUNT,
    Range(key="filled", label="Filled amount", field="filledAmount"),
    of.IN_ROOT,
    Period(key="updated", label="Updated", field="updatedAt"),
)
OF_ORDERS = (*COMMON, of.REASON, Filter(key="source", label="Source", choices=worded(OrderSource), field="source"), of.POSITION, *AMOUNTS)

LIST: Listing[ListedOrder] = Listing(
    section="orders",
    title="Orders",
    noun="order",
    nouns="orders",
    search=of.SEARCH,
    sought=of.sought("orderId"),
    default_sort="-createdAt",
    report_source="Orders",
    siblings=KINDS,
    find=lambda actor, state: back_api().order_lists.orders_page(actor, query(LIST, state)),
    key=lambda row: row.order_id,
    href=of.order_href,
    empty=Empty(icon="list-ordered", text="Orders show up here as traders place them."),
    filters=(Filter(key="status", label="Status", choices=worded(OrderStatus), field="orderStatus"), *OF_ORDERS),
    columns=COLUMNS,
)
OPEN_LIST: Listing[ListedOrder] = Listing(
    section="open-orders",
    title="Open orders",
    noun="open order",
    nouns="open orders",
    search=of.SEARCH,
    sought=of.sought("orderId"),
    default_sort="-createdAt",
    report_source="OpenOrders",
    siblings=KINDS,
    find=lambda actor, state: back_api().order_lists.open_orders_page(actor, query(OPEN_LIST, state)),
    key=lambda row: row.order_id,
    href=of.order_href,
    empty=Empty(icon="list-ordered", text="Every order is filled, cancelled, rejected or expired."),
    filters=(
        Filter(key="status", label="Status", choices=[(one, words(one)) for one in get_args(OrderStatus) if one in OPEN], field="orderStatus"),
        *OF_ORDERS,
    ),
    columns=COLUMNS,
)
EXTERNAL_LIST: Listing[ListedExternalOrder] = Listing(
    section="external-orders",
    title="Orders with liquidity providers",
    noun="external order",
    nouns="external orders",
    search=of.SEARCH,
    sought=of.sought("externalOrderId"),
    default_sort="-createdAt",
    siblings=KINDS,
    find=lambda actor, state: back_api().order_lists.external_orders_page(actor, query(EXTERNAL_LIST, state)),
    key=lambda row: row.external_order_id,
    href=of.order_href,
    empty=Empty(icon="cable", text="Whatever part of an order goes to a liquidity provider is an order of its own there, and shows up here."),
    filters=(
        Filter(key="status", label="Status", choices=worded(ExternalStatus), field="orderStatus"),
        Filter(key="session", label="Session", choices=of.sessions, field="sessionId"),
        Text(key="external", label="External order id", field="externalOrderId", is_whole=True),
        Text(key="lp_order", label="Provider's order id", field="lpOrderId", is_whole=True),
        *COMMON,
        *AMOUNTS,
    ),
    columns=(
        Column(key="external_order_id", label="External order", sort="externalOrderId", cell=CELL + "short"),
        of.CREATED_COLUMN,
        STATUS,
        Column(key="session_name", label="Session"),
        of.MARKET_COLUMN,
        of.CLIENT_COLUMN,
        *of.TERMS_COLUMNS,
        *PRICES,
        Column(key="order_id", label="Order", cell=CELL + "short", is_shown=False),
        Column(key="lp_order_id", label="Provider's order id", cell=CELL + "id", is_shown=False),
        of.ACCOUNT_COLUMN,
        UPDATED,
        *of.HIDDEN,
    ),
)

list_orders = of.page(LIST)
list_open = of.page(OPEN_LIST)
list_external = of.page(EXTERNAL_LIST)
