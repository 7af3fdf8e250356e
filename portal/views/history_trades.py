"""Trades as lists: executions of orders, and those that liquidity providers reported unasked."""

from backoffice.contracts.trade_lists import ListedTrade, ListedUnsolicitedTrade
from backoffice.services import back_api
from portal import history_lists as of
from portal.history_lists import CELL
from portal.listing import Column, Empty, Filter, Listing, Range, Text, query

TRADES = "view-trades"
KINDS = (("Of orders", "portal:trades-list", TRADES), ("Unsolicited", "portal:trades-unsolicited", TRADES))
IDS = (
    of.ORDER,
    Text(key="execution", label="Trade id", field="executionId", is_whole=True),
    Text(key="lp_execution", label="Provider's trade id", field="lpExecutionId", is_whole=True),
    Text(key="external", label="External order id", field="externalOrderId", is_whole=True),
    Text(key="lp_order", label="Provider's order id", field="lpOrderId", is_whole=True),
)
PRICE = Range(key="price", label="Price", field="executionPrice")
MONEY = (
    Column(key="base_amount", label="Amount", sort="baseAmount", is_numeric=True),
    Column(key="execution_price", label="Price", cell=CELL + "price", sort="executionPrice", is_numeric=True),
    Column(key="quote_amount", label="Quote amount", cell=CELL + "price", sort="quoteAmount", is_numeric=True, is_shown=False),
    of.QUOTE_ASSET_COLUMN,
)
OTHER_IDS = (
    Column(key="order_id", label="Order", cell=CELL + "short", is_shown=False),
    Column(key="external_order_id", label="External order", cell=CELL + "short", is_shown=False),
    Column(key="lp_order_id", label="Provider's order id", cell=CELL + "id", is_shown=False),
    Column(key="lp_execution_id", label="Provider's trade id", cell=CELL + "id", is_shown=False),
)

LIST: Listing[ListedTrade] = Listing(
    section="trades",
    title="Trades",
    noun="trade",
    nouns="trades",
    search=of.SEARCH,
    sought=of.sought("orderId"),
    default_sort="-createdAt",
    report_source="Trades",
    siblings=KINDS,
    find=lambda actor, state: back_api().trade_lists.trades_page(actor, query(LIST, state)),
    key=lambda row: row.execution_id,
    href=of.order_href,
    empty=Empty(icon="arrow-left-right", text="Every execution of an order is a trade, and shows up here as it happens."),
    filters=(
        of.CREATED,
        *of.WHOSE,
        *of.MARKET,
        *of.TERMS,
        of.REASON,
        *IDS,
        of.POSITION,
        of.AMOUNT,
        PRICE,
        Range(key="volume", label="Volume in root asset", field="volumeInRAT"),
        of.IN_ROOT,
        Range(key="markup", label="Markup in root asset", field="markupInRAT"),
        Range(key="pnl", label="Realized P&L", field="realizedPnlInRAT"),
        Filter(key="fee_asset", label="Commission asset", choices=of.assets, field="commissionAssetId"),
    ),
    columns=(
        Column(key="execution_id", label="Trade", sort="executionId", cell=CELL + "short"),
        of.CREATED_COLUMN,
        *of.WHERE_AND_WHOSE,
        *of.TERMS_COLUMNS,
        *MONEY,
        Column(key="lots", label="Lots", is_numeric=True, is_shown=False),
        of.worth_column("volume", "Volume", "volume_in_rat", sort="volumeInRAT"),
        Column(
            key="commission_amount",
            label="Commission in its asset",
            sort="commissionAmount",
            cell=CELL + "commission",
            is_numeric=True,
            is_shown=False,
        ),
        Column(key="commission_asset_id", label="Commission asset", is_shown=False),
        of.worth_column("commission", "Commission", "commission_in_rat", sort="commissionInRAT"),
        Column(key="maker_price", label="Maker's price", cell=CELL + "price", is_numeric=True, is_shown=False),
        of.worth_column("markup", "Markup", "markup_in_rat", sort="markupInRAT"),
        Column(key="realized_pnl_in_rat", label="Realized P&L", cell=CELL + "signed", is_numeric=True),
        of.reason_column(),
        Column(key="position_id", label="Position", cell=CELL + "short", is_shown=False),
        *OTHER_IDS,
        *of.HIDDEN,
    ),
)
UNSOLICITED: Listing[ListedUnsolicitedTrade] = Listing(
    section="unsolicited-trades",
    title="Unsolicited trades",
    noun="unsolicited trade",
    nouns="unsolicited trades",
    search=of.SEARCH,
    sought=of.sought("orderId"),
    default_sort="-createdAt",
    report_source="UnsolicitedTrades",
    siblings=KINDS,
    find=lambda actor, state: back_api().trade_lists.unsolicited_trades_page(actor, query(UNSOLICITED, state)),
    key=lambda row: row.execution_id,
    href=of.order_href,
    empty=Empty(
        icon="shield-question-mark",
        text="A liquidity provider that reports a trade for an order which was over already leaves it here, to be settled by hand.",
    ),
    filters=(
        of.CREATED,
        Filter(key="session", label="Session", choices=of.sessions, field="sessionId"),
        *of.WHOSE,
        *of.MARKET,
        of.SIDE,
        of.TYPE,
        *IDS,
        of.AMOUNT,
        PRICE,
    ),
    columns=(
        Column(key="execution_id", label="Trade", sort="executionId", cell=CELL + "short"),
        of.CREATED_COLUMN,
        Column(key="session_name", label="Session"),
        *of.WHERE_AND_WHOSE,
        *of.TERMS_COLUMNS,
        *MONEY,
        *OTHER_IDS,
        *of.HIDDEN,
    ),
)

list_trades = of.page(LIST)
list_unsolicited = of.page(UNSOLICITED)
