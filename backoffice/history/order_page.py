"""One order with everything that belongs to it; PostgreSQL puts the answer together, in one statement and so of one instant."""

from typing import Any

import msgspec
from django.db import connection

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.ledger import JournalDetail
from backoffice.contracts.order_lists import ListedExternalOrder, ListedOrder
from backoffice.contracts.order_page import MOST_FILLS, OrderPage
from backoffice.contracts.position_lists import ClosedPositionRow
from backoffice.contracts.trade_lists import ListedUnsolicitedTrade
from backoffice.core.sources import Source, selected
from backoffice.history.order_sources import EXTERNAL_ORDERS, ORDERS
from backoffice.history.position_sources import CLOSED_POSITIONS
from backoffice.history.trade_sources import UNSOLICITED_TRADES

EXECUTIONS = f"""
    SELECT e.id AS "executionId", e.seq, e.at, e.base_amount AS "baseAmount", e.lots, e.price, trim_scale(e.base_amount * e.price) AS "quoteAmount",
        e.rate_to_root AS "rateToRootAsset", trim_scale(e.base_amount * e.price * e.rate_to_root) AS "volumeInRAT", e.maker_price AS "makerPrice",
        e.markup_in_rat AS "markupInRAT", e.commission AS "commissionAmount", e.commission_in_rat AS "commissionInRAT",
        e.external_order_id AS "externalOrderId", e.lp_execution_id AS "lpExecutionId", e.position_id AS "positionId",
        e.realized_pnl_in_rat AS "realizedPnlInRAT", e.reason
    FROM trading_execution e WHERE e.order_id = o.id ORDER BY e.seq LIMIT {MOST_FILLS}
"""  # noqa: S608  texts of ours only
POSITIONS = """
    SELECT p.id AS "positionId", p.market_type AS "marketType", p.side, p.lots, p.base_amount AS "baseAmount", p.open_price AS "openPrice",
        p.leverage, p.margin_in_rat AS "marginInRAT", p.realized_pnl_in_rat AS "realizedPnlInRAT", p.swaps_in_rat AS "swapsInRAT",
        p.funding_in_rat AS "fundingInRAT", p.opened_at AS "openedAt", p.closed_at AS "closedAt"
    FROM (SELECT o.position_id AS id UNION SELECT e.position_id FROM trading_execution e WHERE e.order_id = o.id) named
    JOIN trading_position p ON p.id = named.id ORDER BY p.id
"""
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


def _listed(source: Source, row: type[msgspec.Struct]) -> str:
    """As the list of its own has it."""
    return f"SELECT {selected(row)} FROM ({source.rows}) r WHERE r.order_id = o.id ORDER BY r.{source.key[0]}"  # noqa: S608  texts of ours only


PAGE = f"""
SELECT json_build_object(
    'order', {_one(_listed(ORDERS, ListedOrder))}, 'rule', {_one(RULE)},
    'executionsCount', (SELECT count(*) FROM trading_execution e WHERE e.order_id = o.id), 'executions', {_all(EXECUTIONS)},
    'externalOrders', {_all(_listed(EXTERNAL_ORDERS, ListedExternalOrder))},
    'unsolicitedTrades', {_all(_listed(UNSOLICITED_TRADES, ListedUnsolicitedTrade))}, 'positions', {_all(POSITIONS)},
    'closing', {_one(_listed(CLOSED_POSITIONS, ClosedPositionRow))}, 'hold', {_one(HOLD)}
)::text
FROM trading_order o WHERE o.id = %s
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
