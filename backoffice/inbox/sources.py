"""Where things wait: of each kind who may see it, how long it may wait, and the query that finds it, as texts of SQL.

A query gives subject_id, name, facts and since. `account_groups` and `market_groups` are those in the actor's reach, NULL for all of them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from backoffice.contracts.inbox import InboxKind


class Source(NamedTuple):
    operation: str
    minutes: int
    sql: str


# How long a failure counts that nobody has done anything about.
FILES_COUNT, REPORTS_COUNT, HOLIDAYS_COUNT = "7 days", "3 days", "400 days"
IN_REACH = "(%(account_groups_{0})s::text[] IS NULL OR a.group_id = ANY(%(account_groups_{0})s::text[]))"
LATEST_CHANGE = """(
    SELECT record.at FROM core_auditchange change JOIN core_auditrecord record ON record.id = change.record_id
    WHERE change.object_type = '{0}' AND change.object_id = {1} ORDER BY change.record_id DESC LIMIT 1
)"""

BOOKS = """
    SELECT 'books' AS subject_id, reason AS name, '{}'::jsonb AS facts, closed_at AS since FROM ledger_gate WHERE closed_at IS NOT NULL
"""
APPROVALS = """
    SELECT p.id, p.action, jsonb_build_object(
        'maker', p.maker_name, 'reason', p.reason, 'expiresAt', p.expires_at, 'hash', p.shown_hash,
        'needed', p.needed::text, 'given', (SELECT count(*)::text FROM approvals_decision d WHERE d.approval_id = p.id)
    ), p.asked_at
    FROM approvals_approval p
    WHERE p.state = 'Waiting' AND p.expires_at > now() AND p.maker <> %(me)s AND p.operation = ANY(%(operations)s)
        AND NOT EXISTS (SELECT FROM approvals_decision d WHERE d.approval_id = p.id AND d.approver = %(me)s)
        AND NOT p.excluded_roles ?| %(roles)s::text[]
        AND NOT EXISTS (SELECT FROM jsonb_array_elements(p.approver_roles) w(wanted) WHERE NOT w.wanted ?| %(roles)s::text[])
"""
WITHDRAWALS = f"""
    SELECT t.id, coalesce(u.name, u.email), jsonb_build_object(
        'amount', trim_scale(t.amount)::text, 'assetId', t.asset_id, 'account', a.name, 'isHeld', t.is_held::text
    ), t.created_at
    FROM transfers_transfer t JOIN accounts_account a ON a.id = t.account_id JOIN accounts_user u ON u.id = a.user_id
    WHERE t.status = 'AwaitingConfirmation' AND t.type = 'Withdrawal' AND NOT t.is_held AND {IN_REACH.format("Withdrawal")}
"""  # noqa: S608  texts of ours only
SESSIONS = f"""
    SELECT s.id, s.name, jsonb_build_object('sessionKind', s.kind, 'provider', s.liquidity_provider_id),
        coalesce({LATEST_CHANGE.format("liquidity_session", "s.id")}, now())
    FROM markets_liquiditysession s WHERE s.status = 'Disconnected'
"""  # noqa: S608  texts of ours only
HOSTS = """
    SELECT h.host, h.host, jsonb_build_object(
        'waiting', (SELECT count(*)::text FROM callbacks_callback c WHERE c.host = h.host AND c.state = 'Waiting')
    ), h.paused_at
    FROM callbacks_host h WHERE h.paused_at IS NOT NULL
"""
CALLBACKS = f"""
    SELECT c.host, c.host, jsonb_build_object(
        'dead', count(*)::text, 'one', CASE WHEN count(*) = 1 THEN min(c.webhook_id) END,
        'reason', (array_agg(c.dead_reason ORDER BY c.finished_at DESC))[1]
    ), min(c.finished_at)
    FROM callbacks_callback c
    WHERE c.state = 'Dead' AND (%(account_groups_CallbackDead)s::text[] IS NULL OR EXISTS (
        SELECT FROM transfers_transfer t JOIN accounts_account a ON a.id = t.account_id
        WHERE t.id = c.subject_id AND {IN_REACH.format("CallbackDead")}
    ))
    GROUP BY c.host
"""  # noqa: S608  texts of ours only
FILES = f"""
    SELECT f.id::text, f.name, jsonb_build_object(
        'stage', f.stage, 'reason', f.stage_reason, 'by', f.actor_name,
        'created', f.created::text, 'updated', f.updated::text, 'errors', f.errors::text
    ), f.updated_at
    FROM markets_marketfile f
    WHERE f.direction = 'Import' AND (
        (f.stage = 'Previewed' AND f.created + f.updated + f.errors > 0) OR (f.stage = 'Failed' AND f.updated_at > now() - interval '{FILES_COUNT}')
    )
"""  # noqa: S608  texts of ours only
REPORTS = f"""
    SELECT r.id::text, r.name, jsonb_build_object('reason', r.status_reason, 'by', r.created_by), r.finished_at
    FROM reports_report r
    WHERE r.status = 'Failed' AND r.deleted_at IS NULL AND r.cancelled_by IS NULL AND r.finished_at > now() - interval '{REPORTS_COUNT}'
        AND NOT EXISTS (SELECT FROM reports_report n WHERE n.template_id = r.template_id AND n.created_at > r.created_at)
        AND (r.template_id IS NOT NULL OR NOT EXISTS (
            SELECT FROM reports_report n WHERE n.template_id IS NULL AND n.name = r.name AND n.source = r.source AND n.created_at > r.created_at
        ))
"""  # noqa: S608  texts of ours only
MAILS = f"""
    SELECT r.id::text, r.name, jsonb_build_object(
        'recipient', (array_agg(d.recipient ORDER BY d.finished_at DESC, d.id DESC))[1], 'count', count(*)::text,
        'reason', (array_agg(d.reason ORDER BY d.finished_at DESC, d.id DESC))[1]
    ), min(d.finished_at)
    FROM reports_delivery d JOIN reports_report r ON r.id = d.report_id
    WHERE d.state = 'Failed' AND d.finished_at > now() - interval '{REPORTS_COUNT}' AND r.deleted_at IS NULL
    GROUP BY r.id, r.name
"""  # noqa: S608  texts of ours only
CHANGE_SETS = """
    SELECT s.id::text, s.name, jsonb_build_object(
        'status', s.status, 'reason', s.reason, 'by', s.created_by, 'changes', s.change_count::text, 'impact', s.impact_status
    ), s.updated_at
    FROM commission_changes_changeset s WHERE s.status IN ('Draft', 'Failed')
"""
MARKETS = """
    SELECT coalesce(m.market_group_id, ''), coalesce(g.name, ''), jsonb_build_object(
        'count', count(*)::text, 'first', min(m.display_name), 'groupId', m.market_group_id
    ), min(m.updated_at)
    FROM markets_market m LEFT JOIN markets_marketgroup g ON g.id = m.market_group_id
    WHERE m.calendar_id IS NULL
        AND (%(market_groups_MarketWithoutCalendar)s::text[] IS NULL OR m.market_group_id = ANY(%(market_groups_MarketWithoutCalendar)s::text[]))
    GROUP BY m.market_group_id, g.name
"""
CALENDARS = f"""
    SELECT c.id, c.name, jsonb_build_object('gap', gap.kind, 'last', gap.last::text),
        CASE gap.kind WHEN 'HolidaysEnd' THEN (gap.last + 1)::timestamptz ELSE coalesce({LATEST_CHANGE.format("calendar", "c.id")}, now()) END
    FROM markets_calendar c CROSS JOIN LATERAL (
        SELECT max(o.date) AS last, CASE
            WHEN NOT EXISTS (SELECT FROM markets_calendarinterval i LEFT JOIN markets_calendaroverride d ON d.id = i.override_id
                WHERE i.calendar_id = c.id AND (i.override_id IS NULL OR d.date >= current_date)) THEN 'NeverOpens'
            WHEN max(o.date) < current_date AND max(o.date) > current_date - interval '{HOLIDAYS_COUNT}' THEN 'HolidaysEnd'
        END AS kind
        FROM markets_calendaroverride o WHERE o.calendar_id = c.id
    ) gap
    WHERE gap.kind IS NOT NULL AND EXISTS (SELECT FROM markets_market m WHERE m.calendar_id = c.id AND m.status <> 'Disabled')
"""  # noqa: S608  texts of ours only

# These speak of objects of all groups, and so to nobody who sees some of them only.
OF_ALL_GROUPS: frozenset[InboxKind] = frozenset({"MarketFile", "ChangeSet", "ReportFailed", "MailFailed"})
HOUR, DAY = 60, 1_440
SOURCES: Mapping[InboxKind, Source] = {
    "BooksViolation": Source("view-balances", 5, BOOKS),
    "Approval": Source("decide-approvals", HOUR, APPROVALS),
    "Withdrawal": Source("view-transfers", HOUR, WITHDRAWALS),
    "SessionDisconnected": Source("view-common", 15, SESSIONS),
    "HostPaused": Source("view-transfers", HOUR, HOSTS),
    "CallbackDead": Source("view-transfers", HOUR, CALLBACKS),
    "MarketFile": Source("manage-markets", 4 * HOUR, FILES),
    "ReportFailed": Source("view-reports", 4 * HOUR, REPORTS),
    "MailFailed": Source("view-reports", 4 * HOUR, MAILS),
    "ChangeSet": Source("manage-commission-rules", 3 * DAY, CHANGE_SETS),
    "MarketWithoutCalendar": Source("view-common", DAY, MARKETS),
    "CalendarGap": Source("view-common", 7 * DAY, CALENDARS),
}
