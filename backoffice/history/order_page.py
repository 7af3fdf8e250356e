"""One order with everything that belongs to it; PostgreSQL puts the answer together, in one statement and so of one instant."""

from typing import Any

import msgspec
from django.db import connection

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.ledger import JournalDetail
from backoffice.contracts.order_page import MOST_FILLS, OrderPage

WHOSE = """
    o.id AS "orderId", o.user_id AS "userId", u.email AS "userEmail", u.name AS "userName", o.account_id AS "accountId", a.name AS "accountName",
    o.market_id AS "marketId", m.display_name AS "marketDisplayName"
"""
OF_ORDER = f"""
    SELECT {WHOSE}, o.side, o.order_type AS "orderType", o.time_in_force AS "timeInForce", o.status AS "orderStatus", o.hedge,
        o.requested_amount AS "baseAmount", trim_scale(o.requested_amount * coalesce(o.avg_price, o.limit_price)) AS "quoteAmount",
        o.avg_price AS "avgExecutionPrice", o.limit_price AS "limitPrice", o.filled_amount AS "filledAmount",
        trim_scale(o.requested_amount - o.filled_amount) AS "remainingAmount", o.commission AS "commissionAmount",
        o.commission_asset_id AS "commissionAssetId", s.name AS "commissionAssetName", o.commission_in_rat AS "commissionInRAT",
        o.created_at AS "createdAt", o.updated_at AS "updatedAt", o.market_type AS "marketType", m.quote_asset_id AS "quoteAssetId", o.source,
        o.reason, o.reject_details AS "rejectDetails", o.leverage, o.cancellation_date AS "cancellationDate", o.position_id AS "positionId"
"""
EXECUTIONS = f"""
    SELECT e.id AS "executionId", e.seq, e.at, e.base_amount AS "baseAmount", e.lots, e.price, trim_scale(e.base_amount * e.price) AS "quoteAmount",
        e.rate_to_root AS "rateToRootAsset", trim_scale(e.base_amount * e.price * e.rate_to_root) AS "volumeInRAT", e.maker_price AS "makerPrice",
        e.markup_in_rat AS "markupInRAT", e.commission AS "commissionAmount", e.commission_in_rat AS "commissionInRAT",
        e.external_order_id AS "externalOrderId", e.lp_execution_id AS "lpExecutionId", e.position_id AS "positionId",
        e.realized_pnl_in_rat AS "realizedPnlInRAT", e.reason
    FROM trading_execution e WHERE e.order_id = o.id ORDER BY e.seq LIMIT {MOST_FILLS}
"""  # noqa: S608  texts of ours only
EXTERNAL = f"""
    SELECT {WHOSE}, x.id AS "externalOrderId", x.lp_order_id AS "lpOrderId", x.side, x.order_type AS "orderType", x.time_in_force AS "timeInForce",
        x.status AS "orderStatus", x.requested_amount AS "baseAmount",
        trim_scale(x.requested_amount * coalesce(x.avg_price, x.limit_price)) AS "quoteAmount", x.avg_price AS "avgExecutionPrice",
        x.limit_price AS "limitPrice", x.filled_amount AS "filledAmount", trim_scale(x.requested_amount - x.filled_amount) AS "remainingAmount",
        x.commission AS "commissionAmount", x.commission_asset_id AS "commissionAssetId", s.name AS "commissionAssetName",
        x.commission_in_rat AS "commissionInRAT", x.created_at AS "createdAt", x.updated_at AS "updatedAt", o.market_type AS "marketType",
        m.quote_asset_id AS "quoteAssetId", x.session_id AS "sessionId", l.name AS "sessionName"
    FROM trading_externalorder x LEFT JOIN markets_liquiditysession l ON l.id = x.session_id WHERE x.order_id = o.id ORDER BY x.id
"""  # noqa: S608  texts of ours only
UNSOLICITED = f"""
    SELECT {WHOSE}, t.external_order_id AS "externalOrderId", t.lp_order_id AS "lpOrderId", t.id AS "executionId",
        t.lp_execution_id AS "lpExecutionId", t.side, t.order_type AS "orderType", t.time_in_force AS "timeInForce", t.base_amount AS "baseAmount",
        trim_scale(t.base_amount * t.price) AS "quoteAmount", t.price AS "executionPrice", t.at AS "createdAt", o.market_type AS "marketType",
        m.quote_asset_id AS "quoteAssetId", t.session_id AS "sessionId", l.name AS "sessionName"
    FROM trading_unsolicitedtrade t LEFT JOIN markets_liquiditysession l ON l.id = t.session_id WHERE t.order_id = o.id ORDER BY t.id
"""  # noqa: S608  texts of ours only
POSITIONS = """
    SELECT p.id AS "positionId", p.market_type AS "marketType", p.side, p.lots, p.base_amount AS "baseAmount", p.open_price AS "openPrice",
        p.leverage, p.margin_in_rat AS "marginInRAT", p.realized_pnl_in_rat AS "realizedPnlInRAT", p.swaps_in_rat AS "swapsInRAT",
        p.funding_in_rat AS "fundingInRAT", p.opened_at AS "openedAt", p.closed_at AS "closedAt"
    FROM (SELECT o.position_id AS id UNION SELECT e.position_id FROM trading_execution e WHERE e.order_id = o.id) named
    JOIN trading_position p ON p.id = named.id ORDER BY p.id
"""
CLOSING = f"""
    SELECT {WHOSE}, c.position_id AS "positionId", c.market_type AS "marketType", c.side, c.order_type AS "orderType",
        c.time_in_force AS "timeInForce", c.reason, c.lots, c.base_amount AS "baseAmount", c.open_price AS "openPrice",
        c.close_price AS "closePrice", m.quote_asset_id AS "quoteAssetId", c.rate_to_root AS "rateToRootAsset",
        c.position_price_in_rat AS "positionPriceInRAT", c.realized_pnl_in_rat AS "realizedPnlInRAT", c.opened_at AS "openedAt",
        c.closed_at AS "closedAt"
    FROM trading_closing c WHERE c.order_id = o.id
"""  # noqa: S608  texts of ours only
RULE = """
    SELECT o.rule_id AS "commissionProfileRuleId", r.profile_id AS "commissionProfileId", p.name AS "commissionProfileName",
        r.is_default AS "isDefault", r.market_id AS "marketId", r.market_group_id AS "marketGroupId"
    FROM (VALUES (1)) one LEFT JOIN commissions_rule r ON r.id = o.rule_id LEFT JOIN commissions_profile p ON p.id = r.profile_id
    WHERE o.rule_id IS NOT NULL
"""
HOLD = """
    SELECT h.asset_id AS "assetId", h.amount, h.opened_at AS "openedAt" FROM ledger_hold h WHERE h.subject_id = o.id AND h.closed_at IS NULL
"""


def _one(sql: str) -> str:
    return f"(SELECT row_to_json(q) FROM ({sql}) q)"  # noqa: S608  texts of ours only


def _all(sql: str) -> str:
    return f"(SELECT coalesce(json_agg(q), '[]') FROM ({sql}) q)"  # noqa: S608  texts of ours only


PAGE = f"""
SELECT json_build_object(
    'order', {_one(OF_ORDER)}, 'rule', {_one(RULE)}, 'executionsCount', (SELECT count(*) FROM trading_execution e WHERE e.order_id = o.id),
    'executions', {_all(EXECUTIONS)}, 'externalOrders', {_all(EXTERNAL)}, 'unsolicitedTrades', {_all(UNSOLICITED)},
    'positions', {_all(POSITIONS)}, 'closing', {_one(CLOSING)}, 'hold', {_one(HOLD)}
)::text
FROM trading_order o
LEFT JOIN accounts_account a ON a.id = o.account_id
LEFT JOIN accounts_user u ON u.id = o.user_id
LEFT JOIN markets_market m ON m.market_id = o.market_id
LEFT JOIN markets_asset s ON s.id = o.commission_asset_id
WHERE o.id = %s
"""  # noqa: S608  texts of ours only
ENTRIES = """
    SELECT n.line, n.account_id AS "accountId", n.asset_id AS "assetId", n.amount FROM ledger_entry n WHERE n.journal_id = j.id ORDER BY n.line
"""
JOURNALS = f"""
SELECT coalesce(json_agg(q), '[]')::text FROM (
    SELECT j.id, j.kind, j.subject_id AS "subjectId", j.reverses_id AS "reversesId", j.at, {_all(ENTRIES)} AS entries
    FROM trading_execution e JOIN ledger_journal j ON j.id = e.id
    WHERE e.order_id = %s ORDER BY e.seq LIMIT {MOST_FILLS}
) q
"""  # noqa: S608  texts of ours only


def page(actor: Actor, order_id: str) -> OrderPage:  # noqa: ARG001  verbs are told who asks
    found = _value(PAGE, order_id)
    if found is None:
        raise NotFound(f"There is no order {order_id}.")
    return msgspec.json.decode(found, type=OrderPage)


def journals(actor: Actor, order_id: str) -> list[JournalDetail]:  # noqa: ARG001  verbs are told who asks
    if _value("SELECT id FROM trading_order WHERE id = %s", order_id) is None:
        raise NotFound(f"There is no order {order_id}.")
    return msgspec.json.decode(_value(JOURNALS, order_id), type=list[JournalDetail])


def of_execution(actor: Actor, execution_id: str) -> str:  # noqa: ARG001  verbs are told who asks
    found: str | None = _value("SELECT order_id FROM trading_execution WHERE id = %s", execution_id)
    if found is None:
        raise NotFound(f"There is no execution {execution_id}.")
    return found


def _value(sql: str, id: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, [id])
        row = cursor.fetchone()
    return row[0] if row else None
