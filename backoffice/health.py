"""Whether this process lives, and whether the desk as a whole can do its work; neither view tells a secret."""

from collections.abc import Callable
from typing import TypedDict

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.core import arming, heartbeat

OLDEST_HEARTBEAT_SECONDS = 30.0
OLDEST_WAITING_JOB_SECONDS = 900.0
OLDEST_AUDIT_SECONDS = 3 * 3600.0
LATEST_LINK_SECONDS = 60.0
# Totals stay exact with any number, but each question about them reads all that wait.
MOST_UNFOLDED = 1_000_000
# Callbacks of hosts that fail do not count: a receiver that is down takes no desk with it.
WAITING = """
WITH RECURSIVE names AS (
    (SELECT host FROM callbacks_callback WHERE state = 'Waiting' ORDER BY host LIMIT 1)
    UNION ALL
    SELECT (SELECT c.host FROM callbacks_callback c WHERE c.state = 'Waiting' AND c.host > names.host ORDER BY c.host LIMIT 1)
    FROM names WHERE names.host IS NOT NULL
)
SELECT (SELECT coalesce(greatest(extract(epoch FROM statement_timestamp() - min(since)), 0), 0) FROM (
        SELECT created_at AS since FROM markets_marketfile WHERE stage = 'Queued'
        UNION ALL SELECT apply_at FROM commission_changes_changeset WHERE status = 'Scheduled'
        UNION ALL SELECT impact_asked_at FROM commission_changes_changeset WHERE impact_status = 'Queued'
        UNION ALL SELECT created_at FROM reports_report WHERE status = 'New'
        UNION ALL SELECT next_attempt_at FROM reports_delivery WHERE state = 'Waiting' AND next_attempt_at < statement_timestamp()
        UNION ALL SELECT next_due_at FROM reports_template WHERE deleted_at IS NULL AND next_due_at < statement_timestamp()
    ) jobs)::float8,
    (SELECT greatest(coalesce(extract(epoch FROM statement_timestamp() - min(due.at)), 0), 0)
        FROM names LEFT JOIN callbacks_host known USING (host) CROSS JOIN LATERAL (
            SELECT min(c.next_attempt_at) AS at FROM callbacks_callback c WHERE c.host = names.host AND c.state = 'Waiting'
        ) due WHERE known.failing_since IS NULL AND known.paused_at IS NULL)::float8
"""
# Of an installation that was never audited, since its first journal.
AUDITED = """
SELECT coalesce(extract(epoch FROM statement_timestamp() - coalesce(
    (SELECT max(started_at) FROM books_pass), (SELECT at FROM ledger_journal ORDER BY id LIMIT 1)
)), 0)::float8, EXISTS (SELECT FROM ledger_gate WHERE closed_at IS NOT NULL)
"""

# Records that wait for their link in the chain, and how long ago the chainer last left none.
CHAINED = """
SELECT coalesce(least(
    extract(epoch FROM statement_timestamp() - state.settled_at),
    extract(epoch FROM statement_timestamp() - (SELECT min(at) FROM (
        SELECT at FROM core_auditrecord r WHERE r.transaction_id >= state.settled AND NOT EXISTS (SELECT FROM chain_link l WHERE l.record_id = r.id)
        ORDER BY r.transaction_id LIMIT 1000
    ) waiting))
), 0)::float8 FROM chain_state state
"""


class Check(TypedDict):
    ok: bool
    detail: str
    age_seconds: float | None


@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    checks = {"database": _guarded(_database), "broker": _guarded(_broker)}
    ages = _ages() if checks["database"]["ok"] else {}
    checks |= {name: _heartbeat(ages.get(name)) for name in ("worker", "beat")}
    checks |= {
        "outbox": _guarded(_outbox),
        "books": _guarded(_books),
        "totals": _guarded(_totals),
        "armed": _guarded(_armed),
        "trail": _guarded(_trail),
    }
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _guarded(check: Callable[[], Check]) -> Check:
    # Whatever is wrong is an answer here, never an error page; its text may hold an address, so only its kind is told.
    try:
        return check()
    except Exception as error:
        return Check(ok=False, detail=type(error).__name__, age_seconds=None)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check(ok=True, detail="answers", age_seconds=None)


def _broker() -> Check:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, retry=None) as broker:
        broker.ping()
    return Check(ok=True, detail="answers", age_seconds=None)


def _ages() -> dict[str, float]:
    try:
        return heartbeat.ages()
    except Exception:  # the database check of the same answer says what is wrong
        return {}


def _heartbeat(age: float | None) -> Check:
    if age is None:
        return Check(ok=False, detail="no heartbeat", age_seconds=None)
    return Check(ok=age <= OLDEST_HEARTBEAT_SECONDS, detail=f"last heartbeat {age:.0f} s ago", age_seconds=age)


def _outbox() -> Check:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        job, callback = cursor.fetchone()
    detail = f"oldest waiting job is {job:.0f} s old, oldest due callback {callback:.0f} s"
    return Check(ok=max(job, callback) <= OLDEST_WAITING_JOB_SECONDS, detail=detail, age_seconds=max(job, callback))


def _books() -> Check:
    """Closed books are told and are no failure: money is read-only, everything else serves. An auditor that does not come is one."""
    with connection.cursor() as cursor:
        cursor.execute(AUDITED)
        age, is_closed = cursor.fetchone()
    detail = f"last audit pass {age:.0f} s ago" + ("; the books are closed and money is read-only" if is_closed else "")
    return Check(ok=age <= OLDEST_AUDIT_SECONDS, detail=detail, age_seconds=age)


def _totals() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM history_delta LIMIT %s) waiting", [MOST_UNFOLDED + 1])
        waiting = int(cursor.fetchone()[0])
    told = f"more than {MOST_UNFOLDED:,}" if waiting > MOST_UNFOLDED else f"{waiting:,}"
    return Check(ok=waiting <= MOST_UNFOLDED, detail=f"{told} records wait to be folded into totals", age_seconds=None)


def _trail() -> Check:
    """What was recorded and is in no link yet could be changed unseen."""
    with connection.cursor() as cursor:
        cursor.execute(CHAINED)
        found = cursor.fetchone()
    if found is None:
        return Check(ok=True, detail="the chain has not begun", age_seconds=None)
    return Check(ok=found[0] <= LATEST_LINK_SECONDS, detail=f"oldest record without a link is {found[0]:.0f} s old", age_seconds=found[0])


def _armed() -> Check:
    """A copy that waits for a person to arm it is told and is no failure."""
    return Check(ok=True, detail="armed" if arming.is_armed() else "disarmed: nothing is sent and no schedule runs", age_seconds=None)
