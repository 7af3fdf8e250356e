"""How the desk's work stands, for /metrics: one statement asks the database, whatever process is asked."""

from collections import defaultdict

from django.db import connection
from prometheus_client.core import GaugeMetricFamily

HELP = {
    "desk_waiting": "Work that nobody has finished, by what it is.",
    "desk_oldest_due_seconds": "How long the oldest of it has been due.",
    "desk_callbacks_dead": "Callbacks that were given up.",
    "desk_callback_hosts": "Hosts of callbacks that fail or are paused.",
    "desk_reports": "Reports that are kept, by status.",
    "desk_approvals_waiting": "Calls that wait for the approval of others.",
    "desk_audit_unlinked_seconds": "Age of the oldest audit record that is not in the chain.",
    "desk_books_audit_age_seconds": "Since the last audit of the books began.",
    "desk_books_closed": "1 while money is read-only because the books do not balance.",
    "desk_heartbeat_age_seconds": "Since the last sign of life.",
    "desk_database_connections": "Connections to this database, by what they do.",
    "desk_database_bytes": "Size of this database.",
    "desk_armed": "0 on a restored copy that acts on nothing outside.",
}
# Due: since when somebody could have done it; what waits for a later time is not late.
SQL = """
WITH work (kind, due) AS (
    SELECT 'market files', created_at FROM markets_marketfile WHERE stage = 'Queued'
    UNION ALL SELECT 'change sets', apply_at FROM commission_changes_changeset WHERE status = 'Scheduled'
    UNION ALL SELECT 'impacts', impact_asked_at FROM commission_changes_changeset WHERE impact_status = 'Queued'
    UNION ALL SELECT 'reports', created_at FROM reports_report WHERE status = 'New'
    UNION ALL SELECT 'report mails', next_attempt_at FROM reports_delivery WHERE state = 'Waiting'
    UNION ALL SELECT 'callbacks', next_attempt_at FROM callbacks_callback WHERE state = 'Waiting'
), kinds (kind) AS (VALUES ('market files'), ('change sets'), ('impacts'), ('reports'), ('report mails'), ('callbacks')
), waiting AS (
    SELECT kind, count(due) AS number, greatest(extract(epoch FROM statement_timestamp() - min(due)), 0) AS age
    FROM kinds LEFT JOIN work USING (kind) GROUP BY kind
)
SELECT 'desk_waiting', 'kind', kind, number::float8 FROM waiting
UNION ALL SELECT 'desk_oldest_due_seconds', 'kind', kind, coalesce(age, 0)::float8 FROM waiting
UNION ALL SELECT 'desk_callbacks_dead', '', '', count(*) FROM callbacks_callback WHERE state = 'Dead'
UNION ALL SELECT 'desk_callback_hosts', 'state', 'failing', count(failing_since) FROM callbacks_host
UNION ALL SELECT 'desk_callback_hosts', 'state', 'paused', count(paused_at) FROM callbacks_host
UNION ALL SELECT 'desk_reports', 'status', status, count(*) FROM reports_report GROUP BY status
UNION ALL SELECT 'desk_approvals_waiting', '', '', count(*) FROM approvals_approval WHERE state = 'Waiting'
UNION ALL SELECT 'desk_audit_unlinked_seconds', '', '', coalesce(extract(epoch FROM statement_timestamp() - min(at)), 0)::float8 FROM (
    SELECT at FROM core_auditrecord r WHERE r.transaction_id >= (SELECT settled FROM chain_state)
    AND NOT EXISTS (SELECT FROM chain_link l WHERE l.record_id = r.id) ORDER BY r.transaction_id LIMIT 1000
) unlinked
UNION ALL SELECT 'desk_books_audit_age_seconds', '', '', extract(epoch FROM statement_timestamp() - max(started_at))::float8 FROM books_pass
UNION ALL SELECT 'desk_books_closed', '', '', count(*) FROM ledger_gate WHERE closed_at IS NOT NULL
UNION ALL SELECT 'desk_heartbeat_age_seconds', 'name', name, extract(epoch FROM clock_timestamp() - at)::float8 FROM core_heartbeat
UNION ALL SELECT 'desk_database_connections', 'state', coalesce(state, 'other'), count(*)
    FROM pg_stat_activity WHERE datname = current_database() GROUP BY state
UNION ALL SELECT 'desk_database_bytes', '', '', pg_database_size(current_database())
UNION ALL SELECT 'desk_armed', '', '', (armed_as = core_identity())::int FROM core_installation
"""


class Gauges:
    """Made anew for every scrape."""

    def collect(self) -> list[GaugeMetricFamily]:
        with connection.cursor() as cursor:
            cursor.execute(SQL)
            rows = cursor.fetchall()
        families: dict[str, GaugeMetricFamily] = {}
        seen: dict[str, set[str]] = defaultdict(set)
        for name, label, value, number in rows:
            if number is None or value in seen[name]:
                continue
            seen[name].add(value)
            family = families.setdefault(name, GaugeMetricFamily(name, HELP[name], labels=[label] if label else []))
            family.add_metric([value] if label else [], float(number))  # as the library wants it; counts and ages, never money
        return list(families.values())
