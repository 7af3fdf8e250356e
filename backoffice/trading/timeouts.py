"""The hosted ExternalTimeouts: what timed out, summed up by interval and market, each of them told once, however late it came to be on record."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.notifications.post import post
from backoffice.trading.models import ToldTimeouts

LOCK = 4_217_051
MINUTES = 5
# What comes on record later than this is told of no more: history that is loaded is no news.
LOOKED_BACK = "1 hour"
KEPT = timedelta(days=1)
NEWS = """
    WITH found AS (
        SELECT date_bin(%(interval)s::interval, o.updated_at, '2000-01-01T00:00Z') AS start, o.market_id, count(*) AS orders
        FROM trading_externalorder o
        WHERE o.status = 'TimeOut'
            AND o.updated_at >= date_bin(%(interval)s::interval, now() - %(back)s::interval, '2000-01-01T00:00Z')
            AND o.updated_at < date_bin(%(interval)s::interval, now(), '2000-01-01T00:00Z')
        GROUP BY 1, 2
    ), told AS (
        INSERT INTO trading_toldtimeouts AS t (start, market_id, orders) SELECT start, market_id, orders FROM found
        ON CONFLICT (start, market_id) DO UPDATE SET orders = excluded.orders WHERE t.orders < excluded.orders
        RETURNING start, market_id, orders
    )
    SELECT told.start, told.market_id, told.orders - coalesce(before.orders, 0)
    FROM told LEFT JOIN trading_toldtimeouts before USING (start, market_id)
    ORDER BY told.start, 3 DESC, told.market_id
"""


def tell(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    with transaction.atomic():
        if not _is_our_turn():
            return 0
        news = _news()
        for start, markets in news.items():
            interval = f"{_text(start)}/{_text(start + timedelta(minutes=MINUTES))}"
            timeouts = [{"marketId": market, "count": count} for market, count in markets]
            post("ExternalOrderTimeout", "warning", {"interval": interval, "timeouts": timeouts})
        ToldTimeouts.objects.filter(start__lt=Now() - KEPT).delete()
    return len(news)


def _is_our_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone() or (False,)
    return bool(is_ours)


def _news() -> dict[datetime, list[tuple[str, int]]]:
    """What is told is written down by the statement that finds it, which still sees how much of it was told before."""
    found: dict[datetime, list[tuple[str, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(NEWS, {"interval": f"{MINUTES} minutes", "back": LOOKED_BACK})
        for start, market, count in cursor.fetchall():
            found[start].append((market, count))
    return found


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
