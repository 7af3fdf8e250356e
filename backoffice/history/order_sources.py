"""Orders as rows, and what they can be asked for by."""

from typing import get_args

from backoffice.contracts.commissions import Side
from backoffice.contracts.markets import MarketType
from backoffice.contracts.order_lists import ExternalStatus, OrderSource, OrderStatus, OrderType, TimeInForce, TradeReason
from backoffice.core.filters import Field, Within
from backoffice.core.sources import Source
from backoffice.history.names import OF_MARKETS, WHERE, WHOSE, asset_name

# Left joins, though each row has its partner: what a question does not name, the planner then leaves out.
ORDER_ROWS = """
    SELECT o.id AS order_id, o.user_id, u.email AS user_email, u.name AS user_name, o.account_id, a.name AS account_name,
        o.market_id, m.display_name AS market_display_name, m.quote_asset_id, o.market_type, o.side, o.order_type, o.time_in_force,
        o.status AS order_status, o.hedge, o.requested_amount AS base_amount,
        trim_scale(o.requested_amount * coalesce(o.avg_price, o.limit_price)) AS quote_amount,
        o.avg_price AS avg_execution_price, o.limit_price, o.filled_amount, o.requested_amount - o.filled_amount AS remaining_amount,
        o.commission AS commission_amount, o.commission_asset_id, s.name AS commission_asset_name, o.commission_in_rat,
        o.created_at, o.updated_at, o.source, o.reason, o.reject_details, o.leverage, o.cancellation_date, o.position_id
    FROM trading_order o
    LEFT JOIN accounts_account a ON a.id = o.account_id
    LEFT JOIN accounts_user u ON u.id = o.user_id
    LEFT JOIN markets_market m ON m.market_id = o.market_id
    LEFT JOIN markets_asset s ON s.id = o.commission_asset_id
"""
OF_EXTERNAL = "SELECT x.order_id FROM trading_externalorder x WHERE {}"
KINDS = {
    "side": Field("side", "word", get_args(Side)),
    "orderType": Field("order_type", "word", get_args(OrderType)),
    "timeInForce": Field("time_in_force", "word", get_args(TimeInForce)),
}
AMOUNTS = {
    "baseAmount": Field("base_amount", "number", is_sortable=True),
    "quoteAmount": Field("quote_amount", "number"),
    "avgExecutionPrice": Field("avg_execution_price", "number"),
    "limitPrice": Field("limit_price", "number"),
    "filledAmount": Field("filled_amount", "number", is_sortable=True),
    "remainingAmount": Field("remaining_amount", "number", is_sortable=True),
    "commissionAmount": Field("commission_amount", "number", is_sortable=True),
    "commissionAssetId": Field("commission_asset_id", "text"),
    "commissionAssetName": asset_name("commission_asset_name", "commission_asset_id"),
    "commissionInRAT": Field("commission_in_rat", "number", is_sortable=True),
    "createdAt": Field("created_at", "time", is_sortable=True),
    "updatedAt": Field("updated_at", "time", is_sortable=True),
}
ORDERS = Source(
    rows=ORDER_ROWS,
    fields={
        "orderId": Field("order_id", "text", is_sortable=True),
        **WHOSE,
        **WHERE,
        "marketType": Field("market_type", "word", get_args(MarketType)),
        **KINDS,
        "orderStatus": Field("order_status", "word", get_args(OrderStatus)),
        "hedge": Field("hedge", "number"),
        **AMOUNTS,
        "source": Field("source", "word", get_args(OrderSource)),
        "reason": Field("reason", "word", get_args(TradeReason)),
        "leverage": Field("leverage", "number"),
        "cancellationDate": Field("cancellation_date", "time"),
        "positionId": Field("position_id", "text"),
    },
    key=("order_id",),
    order=("createdAt", "Desc"),
    walks={"account_id": "orderId", "market_id": "createdAt"},
    may_lag=True,
    advice="Name an orderId, a positionId, accounts (accountId, userId, userEmail), markets (marketId) or a shorter range of createdAt.",
)
OPEN_ORDERS = Source(
    rows=f"{ORDER_ROWS} WHERE o.status IN ('Started', 'Pending', 'Working')",
    fields=ORDERS.fields | {"orderStatus": Field("order_status", "word", ("Started", "Pending", "Working"))},
    key=ORDERS.key,
    order=ORDERS.order,
    may_lag=True,
    advice=ORDERS.advice,
)
EXTERNAL_ORDERS = Source(
    rows="""
        SELECT x.id AS external_order_id, x.lp_order_id, x.order_id, x.user_id, u.email AS user_email, u.name AS user_name,
            x.account_id, a.name AS account_name, x.market_id, m.display_name AS market_display_name, m.quote_asset_id, m.type AS market_type,
            x.side, x.order_type, x.time_in_force, x.status AS order_status, x.requested_amount AS base_amount,
            trim_scale(x.requested_amount * coalesce(x.avg_price, x.limit_price)) AS quote_amount,
            x.avg_price AS avg_execution_price, x.limit_price, x.filled_amount, x.requested_amount - x.filled_amount AS remaining_amount,
            x.commission AS commission_amount, x.commission_asset_id, s.name AS commission_asset_name, x.commission_in_rat,
            x.created_at, x.updated_at, x.session_id, l.name AS session_name
        FROM trading_externalorder x
        LEFT JOIN accounts_account a ON a.id = x.account_id
        LEFT JOIN accounts_user u ON u.id = x.user_id
        LEFT JOIN markets_market m ON m.market_id = x.market_id
        LEFT JOIN markets_asset s ON s.id = x.commission_asset_id
        LEFT JOIN markets_liquiditysession l ON l.id = x.session_id
    """,
    fields={
        "externalOrderId": Field("external_order_id", "text", is_sortable=True),
        "lpOrderId": Field("lp_order_id", "text"),
        "orderId": Field("order_id", "text"),
        **WHOSE,
        **WHERE,
        "marketType": Field("market_type", "word", get_args(MarketType), within=Within("market_id", OF_MARKETS, "m.type")),
        **KINDS,
        "orderStatus": Field("order_status", "word", get_args(ExternalStatus)),
        **AMOUNTS,
        "sessionId": Field("session_id", "text"),
    },
    key=("external_order_id",),
    order=("createdAt", "Desc"),
    walks={"account_id": "externalOrderId", "order_id": "externalOrderId", "market_id": "createdAt"},
    may_lag=True,
    advice="Name an externalOrderId, an orderId, accounts (accountId, userId, userEmail), markets (marketId) or a shorter range of createdAt.",
)
