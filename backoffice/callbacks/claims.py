"""Taking due callbacks: fairly over hosts, few at once for each, in order for each subject, and never by two workers.

A lane is one exchange at a time with one host. A claim gives each free lane a batch to send one after another, under a lease that ends
by itself; the batch is short enough, and its lane patient enough, that the lease outlives it.
"""

from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.db import connection

LANES, LANES_WHEN_SLOW = 2, 1
BATCH, BATCH_WHEN_FAILING = 50, 5
# A lane begins no exchange later than this; the last one may take the whole of its deadline, and its mark a while.
LANE_SECONDS = 20
LEASE_SECONDS = 60
# Any number: it only has to be nobody else's.
ONE_AT_A_TIME = 5_260_417

# Claims follow one another (each takes milliseconds), else two workers would both count the same free lanes. `blocked` ones, whose subject
# has an earlier message undelivered, are put behind it, so that a host's due rows never begin with rows that cannot be taken: the look at
# each host stays short whatever waits there.
CLAIM = """
SELECT pg_advisory_xact_lock(%(one)s);
WITH RECURSIVE names AS (
    (SELECT host FROM callbacks_callback WHERE state = 'Waiting' ORDER BY host LIMIT 1)
    UNION ALL
    SELECT (SELECT c.host FROM callbacks_callback c WHERE c.state = 'Waiting' AND c.host > names.host ORDER BY c.host LIMIT 1)
    FROM names WHERE names.host IS NOT NULL
), hosts AS (
    SELECT names.host, due.at AS due_at, known.failing_since IS NOT NULL AS is_failing,
        coalesce(known.penalty_until > statement_timestamp(), false) AS is_slow,
        CASE WHEN known.penalty_until > statement_timestamp() THEN %(lanes_when_slow)s ELSE %(lanes)s END - (
            SELECT count(DISTINCT c.lease_token) FROM callbacks_callback c
            WHERE c.host = names.host AND c.lease_token IS NOT NULL AND c.lease_until > statement_timestamp()
        ) AS free
    FROM names LEFT JOIN callbacks_host known USING (host) CROSS JOIN LATERAL (
        SELECT c.next_attempt_at AS at FROM callbacks_callback c
        WHERE c.host = names.host AND c.state = 'Waiting' ORDER BY c.next_attempt_at LIMIT 1
    ) due
    WHERE names.host IS NOT NULL AND known.paused_at IS NULL AND due.at <= statement_timestamp()
), ranked AS (
    SELECT hosts.*, lane, row_number() OVER (PARTITION BY is_slow ORDER BY lane, due_at, host) AS rank
    FROM hosts CROSS JOIN LATERAL generate_series(1, free) AS lane
), open AS MATERIALIZED (
    SELECT host, lane, is_slow, is_failing, gen_random_uuid() AS token, count(*) OVER (PARTITION BY host) AS lanes,
        CASE WHEN is_failing OR is_slow THEN %(batch_when_failing)s ELSE %(batch)s END AS batch
    FROM ranked WHERE NOT is_slow OR rank <= %(slow)s ORDER BY lane, due_at, host LIMIT %(free)s
), looked AS MATERIALIZED (
    SELECT each.host, each.lanes, due.*, row_number() OVER (PARTITION BY each.host ORDER BY due.next_attempt_at, due.seq) AS place, (
        SELECT max(head.next_attempt_at) FROM callbacks_callback head
        WHERE head.subject_id = due.subject_id AND head.seq < due.seq AND head.state = 'Waiting'
    ) AS behind
    FROM (SELECT DISTINCT host, lanes, batch FROM open) each CROSS JOIN LATERAL (
        SELECT webhook_id, subject_id, seq, next_attempt_at FROM callbacks_callback c
        WHERE c.host = each.host AND c.state = 'Waiting' AND c.next_attempt_at <= statement_timestamp()
        ORDER BY c.next_attempt_at LIMIT each.lanes * each.batch FOR UPDATE SKIP LOCKED
    ) due
), parked AS (
    UPDATE callbacks_callback c SET next_attempt_at = greatest(looked.behind, statement_timestamp()) + interval '1 second'
    FROM looked WHERE c.webhook_id = looked.webhook_id AND looked.behind IS NOT NULL RETURNING 1
), taken AS (
    UPDATE callbacks_callback c
    SET lease_token = open.token, lease_until = statement_timestamp() + %(lease)s * interval '1 second',
        next_attempt_at = statement_timestamp() + %(lease)s * interval '1 second'
    FROM looked JOIN open ON open.host = looked.host AND open.lane = 1 + (looked.place - 1) %% looked.lanes
    WHERE c.webhook_id = looked.webhook_id AND looked.behind IS NULL
    RETURNING c.lease_token, open.host, open.is_slow, open.is_failing, c.webhook_id, c.client_id, c.url, c.body, c.attempts, c.created_at
)
SELECT (SELECT count(*) FROM parked), taken.* FROM (SELECT) AS always LEFT JOIN taken ON true
"""


class Job(NamedTuple):
    """One message to send; `attempts` failed before this one."""

    token: UUID
    host: str
    is_slow: bool
    is_failing: bool
    webhook_id: str
    client_id: str
    url: str
    body: bytes
    attempts: int
    created_at: datetime


def take(free: int, *, slow: int) -> list[list[Job]]:
    """Batches for up to so many free lanes, at most `slow` of them for hosts that were slow lately."""
    values = {"one": ONE_AT_A_TIME, "lanes": LANES, "lanes_when_slow": LANES_WHEN_SLOW, "batch": BATCH, "batch_when_failing": BATCH_WHEN_FAILING}
    values |= {"free": free, "slow": slow, "lease": LEASE_SECONDS}
    rows, parked = _claimed(values)
    # What was looked at was all blocked and is out of the way now: what can be taken may stand behind it.
    while parked and not rows:
        rows, parked = _claimed(values)
    rows.sort(key=lambda job: (job.token, job.created_at))
    return [list(batch) for _, batch in groupby(rows, key=lambda job: job.token)]


def _claimed(values: dict[str, int]) -> tuple[list[Job], int]:
    """What was taken, and how many were put behind others."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        cursor.nextset()
        found = cursor.fetchall()
    return [Job._make(row[1:]) for row in found if row[1] is not None], found[0][0]
