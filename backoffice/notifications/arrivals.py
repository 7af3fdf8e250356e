"""The order in which notifications arrive: a number for each, given only when its transaction has ended.

An id is drawn before its transaction ends, so a smaller one may show up behind a larger one, and a cursor of ids would skip it for ever. Numbers are
given by one at a time, whoever reads next, to all that can be seen by then: a higher one is never seen before a lower one.
"""

from django.db import connection, transaction

LOCK = 4_217_050
NUMBER = """
    UPDATE notifications_adminnotification n SET number = w.number
    FROM (
        SELECT waiting.id, nextval('notifications_arrival') AS number
        FROM (SELECT id FROM notifications_adminnotification WHERE number IS NULL ORDER BY id) waiting
    ) w
    WHERE n.id = w.id
"""
STATE = """
    SELECT EXISTS (SELECT FROM notifications_adminnotification WHERE number IS NULL),
        (SELECT max(number) FROM notifications_adminnotification)
"""


def number() -> int:
    """Give every notification that arrived meanwhile its number; the highest that there is now."""
    is_any, latest = _state()
    if is_any:
        _number()
        _, latest = _state()
    return latest


def _state() -> tuple[bool, int]:
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        is_any, latest = cursor.fetchone() or (False, None)
    return is_any, latest or 0


def _number() -> None:
    """Inside of somebody's transaction nobody waits for the turn, nor lets others wait long for its end."""
    turn = "SELECT pg_try_advisory_xact_lock(%s)" if connection.in_atomic_block else "SELECT pg_advisory_xact_lock(%s) IS NOT NULL"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(turn, [LOCK])
        (is_ours,) = cursor.fetchone() or (False,)
        if is_ours:
            # A statement of its own: it sees what the one before us has numbered.
            cursor.execute(NUMBER)
