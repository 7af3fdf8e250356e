"""Trades as rows, and what they can be asked for by."""

from typing import get_args

from backoffice.contracts.markets import MarketType
from backoffice.contracts.order_lists import TradeReason
from backoffice.core.filters import Field, Within
from backoffice.core.sources import Source
from backoffice.history.names import OF_MARKETS, WHERE, WHOSE, asset_name
from backoffice.history.order_sources import KINDS, OF_EXTERNAL

OF_POSITIONS = "SELECT o.id FROM trading_order o WHERE {}"
AMOUNTS = {
    "baseAmount": Field("base_amount", "number", is_sortable=True),
    "quoteAmount": Field("quote_amount", "number", is_sortable=True),
    "executionPrice": Field("execution_price", "number", is_sortable=True),
    "createdAt": Field("created_at", "time", is_sortable=True),
}
TRADES = Source(
    rows="""
        SELECT e.user_id, u.email AS user_email, u.name AS user_name, e.account_id, a.name AS account_name, e.order_id, e.external_order_id,
            x.lp_order_id, e.id AS execution_id, e.lp_execution_id, e.market_id, m.display_name AS market_display_name, e.market_type,
            e.side, o.order_type, o.time_in_force, e.base_amount, e.lots, trim_scale(e.base_amount * e.price) AS quote_amount,
            e.price AS execution_price, e.quote_asset_id, trim_scale(e.base_amount * e.price * e.rate_to_root) AS volume_in_rat,
            e.commission AS commission_amount, e.commission_asset_id, s.name AS commission_asset_name, e.commission_in_rat, e.at AS created_at,
            e.maker_price, e.markup_in_rat, e.position_id, e.realized_pnl_in_rat, e.reason
        FROM trading_execution e
        LEFT JOIN accounts_account a ON a.id = e.account_id
        LEFT JOIN accounts_user u ON u.id = e.user_id
        LEFT JOIN markets_market m ON m.market_id = e.market_id
        LEFT JOIN markets_asset s ON s.id = e.commission_asset_id
        LEFT JOIN trading_order o ON o.id = e.order_id
        LEFT JOIN trading_externalorder x ON x.id = e.external_order_id
    """,
    fields={
        "executionId": Field("execution_id", "text", is_sortable=True),
        "lpExecutionId": Field("lp_execution_id", "text"),
        "orderId": Field("order_id", "text"),
        "externalOrderId": Field("external_order_id", "text", within=Within("order_id", OF_EXTERNAL, "x.id", is_exact=False)),
        "lpOrderId": Field("lp_order_id", "text", within=Within("order_id", OF_EXTERNAL, "x.lp_order_id", is_exact=False)),
        **WHOSE,
        **WHERE,
        "marketType": Field("market_type", "word", get_args(MarketType)),
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
    rows="""
        SELECT t.user_id, u.email AS user_email, u.name AS user_name, t.account_id, a.name AS account_name, t.order_id, t.external_order_id,
            t.lp_order_id, t.id AS execution_id, t.lp_execution_id, t.market_id, m.display_name AS market_display_name, m.quote_asset_id,
            m.type AS market_type, t.side, t.order_type, t.time_in_force, t.base_amount, trim_scale(t.base_amount * t.price) AS quote_amount,
            t.price AS execution_price, t.at AS created_at, t.session_id, l.name AS session_name
        FROM trading_unsolicitedtrade t
        LEFT JOIN accounts_account a ON a.id = t.account_id
        LEFT JOIN accounts_user u ON u.id = t.user_id
        LEFT JOIN markets_market m ON m.market_id = t.market_id
        LEFT JOIN markets_liquiditysession l ON l.id = t.session_id
    """,
    fields={
        "executionId": Field("execution_id", "text", is_sortable=True),
        "lpExecutionId": Field("lp_execution_id", "text"),
        "orderId": Field("order_id", "text"),
        "externalOrderId": Field("external_order_id", "text"),
        "lpOrderId": Field("lp_order_id", "text"),
        **WHOSE,
        **WHERE,
        "marketType": Field("market_type", "word", get_args(MarketType), within=Within("market_id", OF_MARKETS, "m.type")),
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
