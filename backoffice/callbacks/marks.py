"""Writing what became of claimed callbacks, many at once; a mark whose lease was lost changes nothing."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from backoffice.callbacks import notices
from backoffice.callbacks.claims import Job
from backoffice.callbacks.send import Outcome

PENALTY_SECONDS = 300
RESULTS = """
    SELECT * FROM jsonb_to_recordset(%(results)s::jsonb) AS result (
        webhook_id text, token uuid, state text, gap numeric, dead_reason text,
        at timestamptz, milliseconds integer, outcome text, status smallint, reason text, answer text
    )
"""
# What follows in the same subject has its turn as soon as this one is done with.
MARK = f"""
WITH results AS ({RESULTS}), marked AS (
    UPDATE callbacks_callback c
    SET state = results.state, attempts = c.attempts + 1, lease_token = NULL, lease_until = NULL, dead_reason = results.dead_reason,
        next_attempt_at = CASE WHEN results.state = 'Waiting' THEN statement_timestamp() + results.gap * interval '1 second' END,
        finished_at = CASE WHEN results.state <> 'Waiting' THEN statement_timestamp() END
    FROM results WHERE c.webhook_id = results.webhook_id AND c.lease_token = results.token AND c.state = 'Waiting'
    RETURNING c.webhook_id, c.subject_id, c.seq, c.state
), released AS (
    UPDATE callbacks_callback c SET next_attempt_at = statement_timestamp()
    FROM marked WHERE marked.state <> 'Waiting' AND c.subject_id = marked.subject_id AND c.seq > marked.seq
        AND c.state = 'Waiting' AND c.lease_token IS NULL AND c.attempts = 0
), tried AS (
    INSERT INTO callbacks_attempt (callback_id, number, at, milliseconds, outcome, status, reason, answer)
    SELECT webhook_id, 1 + coalesce((SELECT max(number) FROM callbacks_attempt a WHERE a.callback_id = webhook_id), 0),
        at, milliseconds, outcome, status, reason, answer
    FROM results JOIN marked USING (webhook_id)
)
SELECT webhook_id FROM marked
"""  # noqa: S608  texts of ours only
GIVE_BACK = """
UPDATE callbacks_callback SET lease_token = NULL, lease_until = NULL, next_attempt_at = statement_timestamp()
WHERE webhook_id = ANY(%s) AND lease_token = ANY(%s) AND state = 'Waiting'
"""
FARES_WELL = "UPDATE callbacks_host SET failing_since = NULL, noted_at = NULL WHERE host = ANY(%s) AND failing_since IS NOT NULL"
FARES_ILL = """
INSERT INTO callbacks_host (host, failing_since, penalty_until)
VALUES (%(host)s, statement_timestamp(), CASE WHEN %(is_busy)s THEN statement_timestamp() + %(penalty)s * interval '1 second' END)
ON CONFLICT (host) DO UPDATE SET failing_since = coalesce(callbacks_host.failing_since, EXCLUDED.failing_since),
    penalty_until = coalesce(EXCLUDED.penalty_until, callbacks_host.penalty_until)
RETURNING failing_since, statement_timestamp(), noted_at, paused_at
"""


class Result(NamedTuple):
    """One attempt. `gap` None: there is no further one, for `dead_reason` or because it was delivered."""

    job: Job
    outcome: Outcome
    at: datetime
    milliseconds: int
    gap: timedelta | None
    dead_reason: str | None

    @property
    def state(self) -> str:
        return "Delivered" if self.outcome.failure is None else "Waiting" if self.gap is not None else "Dead"


def write(results: Sequence[Result], unsent: Sequence[Job]) -> int:
    """How many of the results still counted."""
    if unsent:
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [[job.webhook_id for job in unsent], list({job.token for job in unsent})])
    if not results:
        return 0
    if all(result.outcome.failure is None and not result.job.is_failing for result in results):
        # The usual case is this one statement.
        return len(_mark(results))
    with transaction.atomic():
        counted = _mark(results)
        _hosts([result for result in results if result.job.webhook_id in counted])
        notices.of_results([(result.job, result.outcome, result.dead_reason) for result in results if result.job.webhook_id in counted])
    return len(counted)


def _mark(results: Sequence[Result]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"results": json.dumps([_row(result) for result in results])})
        return {webhook_id for (webhook_id,) in cursor.fetchall()}


def _row(result: Result) -> dict[str, object]:
    outcome = result.outcome
    word = "Delivered" if outcome.failure is None else "Refused" if outcome.is_refused else "Failed"
    return {
        "webhook_id": result.job.webhook_id,
        "token": str(result.job.token),
        "state": result.state,
        "gap": None if result.gap is None else result.gap.total_seconds(),
        "dead_reason": result.dead_reason,
        "at": result.at.isoformat(),
        "milliseconds": result.milliseconds,
        "outcome": word,
        "status": outcome.status,
        "reason": outcome.reason,
        "answer": outcome.answer,
    }


def _hosts(results: Sequence[Result]) -> None:
    """One delivery is enough to say that a host works; only what it answered itself, or did not, speaks against it."""
    well = {result.job.host for result in results if result.outcome.failure is None}
    ill = {result.job.host for result in results if result.outcome.failure is not None and not result.outcome.is_refused}
    busy = {result.job.host for result in results if result.outcome.failure is not None and result.outcome.failure.is_busy}
    with connection.cursor() as cursor:
        if well:
            cursor.execute(FARES_WELL, [sorted(well)])
        # In one order, so that two workers never wait for each other.
        for host in sorted((ill - well) | busy):
            cursor.execute(FARES_ILL, {"host": host, "is_busy": host in busy, "penalty": PENALTY_SECONDS})
            notices.of_host(host, *cursor.fetchone())
