"""Sending again what a person asks for: the same id and the same bytes, on a fresh schedule, in the order of its subject as ever."""

from datetime import datetime

from django.db import connection, transaction

from backoffice.callbacks import doorbell, models
from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import MOST_AT_ONCE, ReplayResult
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.core import audit

AGAIN = "state = 'Waiting', attempts = 0, next_attempt_at = statement_timestamp(), finished_at = NULL, dead_reason = NULL"
REPLAY = f"UPDATE callbacks_callback SET {AGAIN} WHERE webhook_id = ANY(%s)"  # noqa: S608  texts of ours only
REPLAY_DEAD = f"""
WITH dead AS (
    SELECT webhook_id FROM callbacks_callback WHERE state = 'Dead' AND finished_at >= %(since)s AND (%(host)s::text IS NULL OR host = %(host)s)
    ORDER BY webhook_id FOR UPDATE
), again AS (
    UPDATE callbacks_callback c SET {AGAIN} FROM dead WHERE c.webhook_id = dead.webhook_id RETURNING c.webhook_id
), recorded AS (
    INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
    SELECT %(record)s, 'callback', webhook_id, '{{"state": "Dead"}}', '{{"state": "Waiting"}}' FROM again
)
SELECT count(*) FROM again
"""  # noqa: S608  texts of ours only


def replay(actor: Actor, webhook_ids: list[str]) -> list[ReplayResult]:
    asked = list(dict.fromkeys(webhook_ids))
    if not 1 <= len(asked) <= MOST_AT_ONCE:
        raise Invalid("The replay is not valid.", fields={"webhookIds": [f"must be 1 to {MOST_AT_ONCE} ids"]})
    locked = models.Callback.objects.select_for_update().filter(pk__in=asked).order_by("pk")
    rows = {row.webhook_id: row for row in locked.defer("body")}
    reasons = {webhook_id: _reason(rows.get(webhook_id), is_alone=len(asked) == 1) for webhook_id in asked}
    again = [webhook_id for webhook_id, reason in reasons.items() if reason is None]
    with connection.cursor() as cursor:
        cursor.execute(REPLAY, [again])
    for webhook_id in again:
        before = {"state": rows[webhook_id].state, "attempts": str(rows[webhook_id].attempts)}
        audit.changed(actor, "callback", webhook_id, before, {"state": "Waiting", "attempts": "0", "replayed": "true"})
    transaction.on_commit(doorbell.ring)
    return [ReplayResult(webhook_id=webhook_id, is_queued=reason is None, reason=reason) for webhook_id, reason in reasons.items()]


def replay_failed(actor: Actor, *, since: datetime, host: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(REPLAY_DEAD, {"since": since, "host": host, "record": actor.record})
        (count,) = cursor.fetchone()
    transaction.on_commit(doorbell.ring)
    return int(count)


def resume_host(actor: Actor, host: str) -> None:
    row = models.Host.objects.select_for_update().filter(pk=host).first()
    if row is None:
        raise NotFound(f"There is no host {host} that has failed.")
    if row.paused_at is None:
        return
    # It begins anew: the next five days of failures pause it again.
    models.Host.objects.filter(pk=host).update(paused_at=None, failing_since=None, penalty_until=None, noted_at=None)
    audit.changed(actor, "callback_host", host, {"pausedAt": audit.as_text(row.paused_at)}, {"pausedAt": None})
    transaction.on_commit(doorbell.ring)


def _reason(row: models.Callback | None, *, is_alone: bool) -> str | None:
    """Why it is not sent again; None when it is."""
    if row is None:
        return "There is no such callback."
    if row.lease_token is not None:
        return "It is being sent right now."
    if row.state == "Delivered" and not is_alone:
        return "It is delivered; replay it by itself if it must be sent once more."
    return None
