"""Orders as rows, and what they can be asked for by."""

from typing import get_args

from backoffice.contracts.commissions import Side
from backoffice.contracts.order_lists import ExternalStatus, OrderSource, OrderStatus, OrderType, TimeInForce, TradeReason
from backoffice.core.filters import Field
from backoffice.core.sources import Source
from backoffice.history.names import MARKET_TYPE, WHERE, WHOSE, asset_name, asset_of, named, session_of

ORDER_ROWS = f"""
    SELECT o.id AS order_id, {named("o")}, o.side, o.order_type, o.time_in_force,
        o.status AS order_status, o.hedge, o.requested_amount AS base_amount,
        trim_scale(o.requested_amount * coalesce(o.avg_price, o.limit_price)) AS quote_amount,
        o.avg_price AS avg_execution_price, o.limit_price, o.filled_amount, o.requested_amount - o.filled_amount AS remaining_amount,
        o.commission AS commission_amount, o.commission_asset_id, {asset_of("o")} AS commission_asset_name, o.commission_in_rat,
        o.created_at, o.updated_at, o.source, o.reason, o.reject_details, o.leverage, o.cancellation_date, o.position_id
    FROM trading_order o
"""  # noqa: S608  texts of ours only
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
        "marketType": MARKET_TYPE,
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
    rows=f"""
        SELECT x.id AS external_order_id, x.lp_order_id, x.order_id, {named("x")},
            x.side, x.order_type, x.time_in_force, x.status AS order_status, x.requested_amount AS base_amount,
            trim_scale(x.requested_amount * coalesce(x.avg_price, x.limit_price)) AS quote_amount,
            x.avg_price AS avg_execution_price, x.limit_price, x.filled_amount, x.requested_amount - x.filled_amount AS remaining_amount,
            x.commission AS commission_amount, x.commission_asset_id, {asset_of("x")} AS commission_asset_name, x.commission_in_rat,
            x.created_at, x.updated_at, x.session_id, {session_of("x")} AS session_name
        FROM trading_externalorder x
    """,  # noqa: S608  texts of ours only
    fields={
        "externalOrderId": Field("external_order_id", "text", is_sortable=True),
        "lpOrderId": Field("lp_order_id", "text"),
        "orderId": Field("order_id", "text"),
        **WHOSE,
        **WHERE,
        "marketType": MARKET_TYPE,
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
