"""Trades as rows, and what they can be asked for by."""

from typing import get_args

from backoffice.contracts.order_lists import TradeReason
from backoffice.core.filters import Field, Within
from backoffice.core.sources import Source
from backoffice.history.names import MARKET_TYPE, WHERE, WHOSE, asset_name, asset_of, named, session_of
from backoffice.history.order_sources import KINDS, OF_EXTERNAL

OF_POSITIONS = "SELECT o.id FROM trading_order o WHERE {}"
AMOUNTS = {
    "baseAmount": Field("base_amount", "number", is_sortable=True),
    "quoteAmount": Field("quote_amount", "number", is_sortable=True),
    "executionPrice": Field("execution_price", "number", is_sortable=True),
    "createdAt": Field("created_at", "time", is_sortable=True),
}
TRADES = Source(
    rows=f"""
        SELECT e.id AS execution_id, {named("e")}, e.order_id, e.external_order_id,
            (SELECT x.lp_order_id FROM trading_externalorder x WHERE x.id = e.external_order_id) AS lp_order_id, e.lp_execution_id,
            e.side, o.order_type, o.time_in_force, e.base_amount, e.lots, trim_scale(e.base_amount * e.price) AS quote_amount,
            e.price AS execution_price, trim_scale(e.base_amount * e.price * e.rate_to_root) AS volume_in_rat,
            e.commission AS commission_amount, e.commission_asset_id, {asset_of("e")} AS commission_asset_name, e.commission_in_rat,
            e.at AS created_at, e.maker_price, e.markup_in_rat, e.position_id, e.realized_pnl_in_rat, e.reason
        FROM trading_execution e LEFT JOIN trading_order o ON o.id = e.order_id
    """,  # noqa: S608  texts of ours only
    fields={
        "executionId": Field("execution_id", "text", is_sortable=True),
        "lpExecutionId": Field("lp_execution_id", "text"),
        "orderId": Field("order_id", "text"),
        "externalOrderId": Field("external_order_id", "text", within=Within("order_id", OF_EXTERNAL, "x.id", is_exact=False)),
        "lpOrderId": Field("lp_order_id", "text", within=Within("order_id", OF_EXTERNAL, "x.lp_order_id", is_exact=False)),
        **WHOSE,
        **WHERE,
        "marketType": MARKET_TYPE,
        **KINDS,
        **AMOUNTS,
        "volumeInRAT": Field("volume_in_rat", "number", is_sortable=True),
        "commissionAmount": Field("commission_amount", "number", is_sortable=True),
        "commissionAssetId": Field("commission_asset_id", "text"),
        "commissionAssetName": asset_name("commission_asset_name", "commission_asset_id"),
        "commissionInRAT": Field("commission_in_rat", "number", is_sortable=True),
        "markupInRAT": Field("markup_in_rat", "number", is_sortable=True),
        "realizedPnlInRAT": Field("realized_pnl_in_rat", "number"),
        "positionId": Field("position_id", "text", within=Within("order_id", OF_POSITIONS, "o.position_id", is_exact=False)),
        "reason": Field("reason", "word", get_args(TradeReason)),
    },
    key=("execution_id",),
    order=("createdAt", "Desc"),
    walks={"account_id": "executionId", "market_id": "createdAt"},
    may_lag=True,
    advice="Name an executionId, an orderId, accounts (accountId, userId, userEmail), markets (marketId) or a shorter range of createdAt.",
)
UNSOLICITED_TRADES = Source(
    rows=f"""
        SELECT t.id AS execution_id, {named("t")}, t.order_id, t.external_order_id, t.lp_order_id, t.lp_execution_id,
            t.side, t.order_type, t.time_in_force, t.base_amount, trim_scale(t.base_amount * t.price) AS quote_amount,
            t.price AS execution_price, t.at AS created_at, t.session_id, {session_of("t")} AS session_name
        FROM trading_unsolicitedtrade t
    """,  # noqa: S608  texts of ours only
    fields={
        "executionId": Field("execution_id", "text", is_sortable=True),
        "lpExecutionId": Field("lp_execution_id", "text"),
        "orderId": Field("order_id", "text"),
        "externalOrderId": Field("external_order_id", "text"),
        "lpOrderId": Field("lp_order_id", "text"),
        **WHOSE,
        **WHERE,
        "marketType": MARKET_TYPE,
        **KINDS,
        **AMOUNTS,
        "sessionId": Field("session_id", "text"),
    },
    key=("execution_id",),
    order=("createdAt", "Desc"),
    walks={"account_id": "executionId", "market_id": "createdAt"},
    may_lag=True,
    advice="Name an executionId, an orderId, accounts (accountId, userId, userEmail), markets (marketId) or a shorter range of createdAt.",
)
