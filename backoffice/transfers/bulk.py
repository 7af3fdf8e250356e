"""Deposits that were done already, many at once: their transfers, events and lines of the audit trail. Their journals are the ledger's bulk."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from backoffice.contracts.actor import Actor
from backoffice.contracts.transfers import NewTransfer
from backoffice.transfers.asked import canonical, fingerprint

WRITE = """
WITH given AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bytea[], %s::text[], %s::text[], %s::numeric[], %s::numeric[], %s::timestamptz[])
        AS g (id, journal_id, deduplication_id, fingerprint, account_id, asset_id, amount, rate_to_root, at)
), told AS (
    SELECT %s::text AS kind, %s::text AS by_id, %s::text AS name, %s::text AS door, %s::text AS trace_id
), transfers AS (
    INSERT INTO transfers_transfer (
        id, caller, deduplication_id, fingerprint, type, status, account_id, asset_id, amount, rate_to_root, journal_id, trace_id, seq, created_at,
        updated_at
    )
    SELECT g.id, told.kind || ':' || told.by_id, g.deduplication_id, g.fingerprint, 'Deposit', 'Completed', g.account_id, g.asset_id, g.amount,
        g.rate_to_root, g.journal_id, told.trace_id, 1, g.at, g.at
    FROM given g CROSS JOIN told
), events AS (
    INSERT INTO transfers_event (transfer_id, seq, status, at, actor_kind, actor_id, actor_name, door, trace_id)
    SELECT g.id, 1, 'Completed', g.at, told.kind, told.by_id, told.name, told.door, told.trace_id FROM given g CROSS JOIN told
), record AS (
    INSERT INTO core_auditrecord (at, actor_kind, actor_id, actor_name, door, action, trace_id)
    SELECT now(), kind, by_id, name, door, 'transfers.deposit', trace_id FROM told RETURNING id
)
INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
SELECT record.id, 'transfer', g.id, '{}', jsonb_build_object(
    'type', 'Deposit', 'status', 'Completed', 'accountId', g.account_id, 'assetId', g.asset_id, 'amount', g.amount::text,
    'deduplicationId', g.deduplication_id)
FROM given g CROSS JOIN record
"""


class PastDeposit(NamedTuple):
    """`rate_to_root` is that of the moment `at`; None where there was none."""

    transfer_id: str
    journal_id: str
    deduplication_id: str
    account_id: str
    asset_id: str
    amount: Decimal
    rate_to_root: Decimal | None
    at: datetime


def write(actor: Actor, deposits: Sequence[PastDeposit]) -> None:
    """Within the caller's transaction, behind their journals and balances; all of them one record of the audit trail."""
    if not deposits:
        return
    rows = [(*one[:3], _fingerprint(one), *one[3:5], canonical(one.amount), *one[6:]) for one in deposits]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*columns, actor.kind, actor.id, actor.name, actor.door, actor.trace_id])


def _fingerprint(one: PastDeposit) -> bytes:
    asked = NewTransfer(deduplication_id=one.deduplication_id, account_id=one.account_id, amount=one.amount, asset_id=one.asset_id)
    return fingerprint("Deposit", asked)
