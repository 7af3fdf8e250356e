"""Positions as lists: open ones, what was closed, and the swaps and funding payments of both."""

from backoffice.contracts.position_lists import ClosedPositionRow, FundingPaymentRow, PaidSwap, PositionRow, PositionSwapRow
from backoffice.services import back_api
from portal import history_lists as of
from portal.history_lists import CELL
from portal.listing import Column, Empty, Filter, Listing, Period, Range, query
from portal.templatetags.desk import worded
from portal.views import position_page

TRADES = "view-trades"
KINDS = (
    ("Open", "portal:positions-list", TRADES),
    ("Closed", "portal:positions-closed", TRADES),
    ("Swaps", "portal:positions-swaps", TRADES),
    ("Funding", "portal:positions-funding", TRADES),
)
WHOSE_AND_WHERE = (of.POSITION, *of.WHOSE, *of.MARKET)
SIZE = (Range(key="lots", label="Lots", field="lots"), of.AMOUNT)
SIZE_COLUMNS = (
    Column(key="lots", label="Lots", sort="lots", is_numeric=True),
    Column(key="base_amount", label="Amount", sort="baseAmount", is_numeric=True, is_shown=False),
    Column(key="open_price", label="Open price", cell=CELL + "price", is_numeric=True),
)
POSITION_COLUMN = Column(key="position_id", label="Position", sort="positionId", cell=CELL + "short")
OTHER_POSITION = Column(key="position_id", label="Position", cell=CELL + "short")
PNL = Range(key="pnl", label="Realized P&L", field="realizedPnlInRAT")
OPENED = Period(key="opened", label="Opened", field="openedAt")

OPEN_LIST: Listing[PositionRow] = Listing(
    section="positions",
    title="Open positions",
    noun="open position",
    nouns="open positions",
    search=of.SEARCH,
    sought=of.sought("positionId"),
    default_sort="-openedAt",
    siblings=KINDS,
    find=lambda actor, state: back_api().position_lists.positions_page(actor, query(OPEN_LIST, state)),
    key=lambda row: row.position_id,
    href=lambda row: position_page.href_of(row.position_id),
    empty=Empty(icon="layers", text="Orders on CFD and perpetual markets open positions, which stay here until they are closed."),
    filters=(
        OPENED,
        *WHOSE_AND_WHERE,
        of.SIDE,
        *SIZE,
        Range(key="margin", label="Margin", field="marginInRAT"),
        Range(key="leverage", label="Leverage", field="leverage"),
        PNL,
    ),
    columns=(
        POSITION_COLUMN,
        Column(key="opened_at", label="Opened", sort="openedAt", cell=CELL + "time"),
        *of.WHERE_AND_WHOSE,
        Column(key="side", label="Side", cell=CELL + "direction"),
        *SIZE_COLUMNS,
        of.QUOTE_ASSET_COLUMN,
        Column(key="leverage", label="Leverage", sort="leverage", cell=CELL + "leverage", is_numeric=True),
        of.worth_column("margin", "Margin", "margin_in_rat", sort="marginInRAT"),
        of.worth_column("pnl", "Realized P&L", "realized_pnl_in_rat", sort="realizedPnlInRAT", cell="signed", is_shown=False),
        of.worth_column("swaps", "Swaps", "swaps_in_rat", sort="swapsInRAT", cell="signed"),
        of.worth_column("funding", "Funding", "funding_in_rat", sort="fundingInRAT", cell="signed"),
        *of.HIDDEN,
    ),
)
CLOSED: Listing[ClosedPositionRow] = Listing(
    section="closed-positions",
    title="Closed positions",
    noun="closed position",
    nouns="closed positions",
    search=of.SEARCH,
    sought=of.sought("orderId"),
    default_sort="-closedAt",
    report_source="ClosedPositions",
    siblings=KINDS,
    note="One row for each order that closed something.",
    find=lambda actor, state: back_api().position_lists.closed_positions_page(actor, query(CLOSED, state)),
    key=lambda row: row.order_id,
    href=of.order_href,
    empty=Empty(icon="layers", text="What orders close of positions shows up here, with what it realized."),
    filters=(
        Period(key="closed", label="Closed", field="closedAt"),
        OPENED,
        *WHOSE_AND_WHERE,
        of.ORDER,
        *of.TERMS,
        of.REASON,
        *SIZE,
        PNL,
    ),
    columns=(
        Column(key="order_id", label="Closing order", sort="orderId", cell=CELL + "short"),
        Column(key="closed_at", label="Closed", sort="closedAt", cell=CELL + "time"),
        *of.WHERE_AND_WHOSE,
        *of.TERMS_COLUMNS,
        of.reason_column(is_shown=True),
        *SIZE_COLUMNS,
        Column(key="close_price", label="Close price", cell=CELL + "price", is_numeric=True),
        of.QUOTE_ASSET_COLUMN,
        Column(key="rate_to_root_asset", label="Rate", is_numeric=True, is_shown=False),
        of.worth_column("volume", "Volume", "position_price_in_rat", sort="positionPriceInRAT", is_shown=False),
        of.worth_column("pnl", "Realized P&L", "realized_pnl_in_rat", sort="realizedPnlInRAT", cell="signed"),
        Column(key="opened_at", label="Opened", sort="openedAt", cell=CELL + "time", is_shown=False),
        Column(key="position_id", label="Position", cell=CELL + "short", is_shown=False),
        *of.HIDDEN,
    ),
)
SWAPS: Listing[PositionSwapRow] = Listing(
    section="position-swaps",
    title="Swaps",
    noun="swap",
    nouns="swaps",
    search=of.SEARCH,
    sought=of.sought("positionId"),
    default_sort="-createdAt",
    report_source="PositionSwaps",
    siblings=KINDS,
    find=lambda actor, state: back_api().position_lists.position_swaps_page(actor, query(SWAPS, state)),
    key=lambda row: row.swap_id,
    href=lambda row: position_page.href_of(row.position_id),
    empty=Empty(icon="moon", text="Positions that stay open over night pay or get interest, which shows up here."),
    filters=(
        of.CREATED,
        *WHOSE_AND_WHERE,
        Filter(key="swap_type", label="Kind", choices=worded(PaidSwap), field="swapType"),
        Range(key="nights", label="Nights", field="nights"),
        of.ASSET,
        Range(key="amount", label="Amount", field="amount"),
        Range(key="in_root", label="Amount in root asset", field="amountInRAT"),
    ),
    columns=(
        Column(key="swap_id", label="Swap", sort="swapId", cell=CELL + "short", is_shown=False),
        OTHER_POSITION,
        of.CREATED_COLUMN,
        *of.WHERE_AND_WHOSE,
        Column(key="swap_type", label="Kind"),
        Column(key="nights", label="Nights", sort="nights", is_numeric=True),
        Column(key="size", label="Size", is_numeric=True),
        Column(key="amount", label="Amount", sort="amount", cell=CELL + "flow", is_numeric=True),
        Column(key="asset_id", label="Asset"),
        of.worth_column("in_root", "In root asset", "amount_in_rat", sort="amountInRAT", cell="signed"),
        *of.HIDDEN,
    ),
)
FUNDING: Listing[FundingPaymentRow] = Listing(
    section="funding-payments",
    title="Funding payments",
    noun="funding payment",
    nouns="funding payments",
    search=of.SEARCH,
    sought=of.sought("positionId"),
    default_sort="-createdAt",
    siblings=KINDS,
    find=lambda actor, state: back_api().position_lists.funding_payments_page(actor, query(FUNDING, state)),
    key=lambda row: row.funding_id,
    href=lambda row: position_page.href_of(row.position_id),
    empty=Empty(icon="hand-coins", text="Perpetual markets settle between long and short positions; each settlement shows up here."),
    filters=(
        of.CREATED,
        *WHOSE_AND_WHERE,
        Range(key="rate", label="Rate", field="rate"),
        Range(key="in_root", label="Amount in root asset", field="amountInRAT"),
    ),
    columns=(
        Column(key="funding_id", label="Payment", sort="fundingId", cell=CELL + "short", is_shown=False),
        OTHER_POSITION,
        of.CREATED_COLUMN,
        *of.WHERE_AND_WHOSE,
        Column(key="rate", label="Rate, %", sort="rate", plain=lambda row: row.rate * 100, is_numeric=True),
        Column(key="mark_price", label="Mark price", cell=CELL + "price", is_numeric=True),
        of.QUOTE_ASSET_COLUMN,
        Column(key="rate_to_root_asset", label="Rate to root asset", is_numeric=True, is_shown=False),
        of.worth_column("in_root", "In root asset", "amount_in_rat", sort="amountInRAT", cell="signed"),
        *of.HIDDEN,
    ),
)

list_open = of.page(OPEN_LIST)
list_closed = of.page(CLOSED)
list_swaps = of.page(SWAPS)
list_funding = of.page(FUNDING)
