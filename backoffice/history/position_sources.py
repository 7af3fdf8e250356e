"""Positions, what was closed of them and what they paid or got, as rows, and what they can be asked for by."""

from typing import get_args

from backoffice.contracts.commissions import Side
from backoffice.contracts.order_lists import TradeReason
from backoffice.contracts.position_lists import PaidSwap
from backoffice.core.filters import Field
from backoffice.core.sources import Source
from backoffice.history.names import MARKET_TYPE, WHERE, WHOSE, named
from backoffice.history.order_sources import KINDS

ADVICE = "accounts (accountId, userId, userEmail), markets (marketId) or a shorter range of"
SIZE = {
    "lots": Field("lots", "number", is_sortable=True),
    "baseAmount": Field("base_amount", "number", is_sortable=True),
    "openPrice": Field("open_price", "number"),
}
POSITIONS = Source(
    rows=f"""
        SELECT p.id AS position_id, {named("p")}, p.side, p.lots, p.base_amount, p.open_price, p.leverage,
            p.margin_in_rat, p.realized_pnl_in_rat, p.swaps_in_rat, p.funding_in_rat, p.opened_at
        FROM trading_position p WHERE p.closed_at IS NULL
    """,  # noqa: S608  texts of ours only
    fields={
        "positionId": Field("position_id", "text", is_sortable=True),
        **WHOSE,
        **WHERE,
        "marketType": MARKET_TYPE,
        "side": Field("side", "word", get_args(Side)),
        **SIZE,
        "leverage": Field("leverage", "number", is_sortable=True),
        "marginInRAT": Field("margin_in_rat", "number", is_sortable=True),
        "realizedPnlInRAT": Field("realized_pnl_in_rat", "number", is_sortable=True),
        "swapsInRAT": Field("swaps_in_rat", "number", is_sortable=True),
        "fundingInRAT": Field("funding_in_rat", "number", is_sortable=True),
        "openedAt": Field("opened_at", "time", is_sortable=True),
    },
    key=("position_id",),
    order=("openedAt", "Desc"),
    may_lag=True,
    advice=f"Name a positionId, {ADVICE} openedAt.",
)
CLOSED_POSITIONS = Source(
    rows=f"""
        SELECT p.order_id, p.position_id, {named("p")}, p.side, p.order_type, p.time_in_force, p.reason, p.lots, p.base_amount,
            p.open_price, p.close_price, p.rate_to_root AS rate_to_root_asset, p.position_price_in_rat, p.realized_pnl_in_rat,
            p.opened_at, p.closed_at
        FROM trading_closing p
    """,  # noqa: S608  texts of ours only
    fields={
        "orderId": Field("order_id", "text", is_sortable=True),
        "positionId": Field("position_id", "text"),
        **WHOSE,
        **WHERE,
        "marketType": MARKET_TYPE,
        **KINDS,
        "reason": Field("reason", "word", get_args(TradeReason)),
        **SIZE,
        "closePrice": Field("close_price", "number"),
        "positionPriceInRAT": Field("position_price_in_rat", "number", is_sortable=True),
        "realizedPnlInRAT": Field("realized_pnl_in_rat", "number", is_sortable=True),
        "openedAt": Field("opened_at", "time", is_sortable=True),
        "closedAt": Field("closed_at", "time", is_sortable=True),
    },
    key=("order_id",),
    order=("closedAt", "Desc"),
    walks={"account_id": "closedAt", "market_id": "closedAt"},
    may_lag=True,
    advice=f"Name an orderId, a positionId, {ADVICE} closedAt.",
)
POSITION_SWAPS = Source(
    rows=f"""
        SELECT p.id AS swap_id, p.position_id, {named("p")}, p.swap_type, p.nights, p.size, p.amount, p.asset_id, p.amount_in_rat,
            p.at AS created_at
        FROM trading_swap p
    """,  # noqa: S608  texts of ours only
    fields={
        "swapId": Field("swap_id", "text", is_sortable=True),
        "positionId": Field("position_id", "text"),
        **WHOSE,
        **WHERE,
        "marketType": MARKET_TYPE,
        "swapType": Field("swap_type", "word", get_args(PaidSwap)),
        "nights": Field("nights", "number", is_sortable=True),
        "amount": Field("amount", "number", is_sortable=True),
        "assetId": Field("asset_id", "text"),
        "amountInRAT": Field("amount_in_rat", "number", is_sortable=True),
        "createdAt": Field("created_at", "time", is_sortable=True),
    },
    key=("swap_id",),
    order=("createdAt", "Desc"),
    walks={"account_id": "swapId", "market_id": "createdAt", "position_id": "createdAt"},
    may_lag=True,
    advice=f"Name a positionId, {ADVICE} createdAt.",
)
FUNDING_PAYMENTS = Source(
    rows=f"""
        SELECT p.id AS funding_id, p.position_id, {named("p")}, p.rate, p.mark_price,
            p.rate_to_root AS rate_to_root_asset, p.amount_in_rat, p.at AS created_at
        FROM trading_funding p
    """,  # noqa: S608  texts of ours only
    fields={
        "fundingId": Field("funding_id", "text", is_sortable=True),
        "positionId": Field("position_id", "text"),
        **WHOSE,
        **WHERE,
        "marketType": MARKET_TYPE,
        "rate": Field("rate", "number", is_sortable=True),
        "amountInRAT": Field("amount_in_rat", "number", is_sortable=True),
        "createdAt": Field("created_at", "time", is_sortable=True),
    },
    key=("funding_id",),
    order=("createdAt", "Desc"),
    walks={"account_id": "fundingId", "market_id": "createdAt", "position_id": "createdAt"},
    may_lag=True,
    advice=f"Name a positionId, {ADVICE} createdAt.",
)
