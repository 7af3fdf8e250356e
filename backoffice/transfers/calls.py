"""The calls that move money: one statement each, so that a lost connection leaves all of it or nothing."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.db import connection, transaction
from ulid import ULID

from backoffice.contracts.actor import Actor
from backoffice.contracts.transfers import NewTransfer, TransferStatus, TransferType
from backoffice.core import statements
from backoffice.core.outages import OUTAGES
from backoffice.transfers.asked import CallbackTarget, canonical, fingerprint

ACTOR = "ROW(%s, %s, %s, %s, %s)::core_actor"
SAY_WHY = "SELECT set_config('desk.reason', %s, true)"
CALLBACK = "ROW(%s, %s, %s, %s)::transfers_callback"


class Row(NamedTuple):
    """The columns of a transfer that a call gives back."""

    id: str
    deduplication_id: str
    type: TransferType
    status: TransferStatus
    asset_id: str
    amount: Decimal
    failure_code: str | None
    failure_detail: str | None
    trace_id: str
    created_at: datetime
    updated_at: datetime
    approval_id: str | None


COLUMNS = ", ".join(f"(made.transfer).{name}" for name in Row._fields)
OPEN = f"""
    SELECT made.outcome, {COLUMNS}
    FROM transfers_open(ROW(%s, %s, %s, %s, %s, %s, %s, %s)::transfers_wanted, {ACTOR}, {CALLBACK}, %s) AS made
"""  # noqa: S608  names of our own
SETTLE = f"SELECT made.outcome, {COLUMNS} FROM transfers_settle(%s, %s, %s, %s, {ACTOR}) AS made"  # noqa: S608  texts of ours only
CLOSE = f"SELECT made.outcome, {COLUMNS} FROM transfers_close(%s, %s, %s, %s, {ACTOR}, {CALLBACK}) AS made"  # noqa: S608  texts of ours only


def open_transfer(
    actor: Actor, type: TransferType, wanted: NewTransfer, target: CallbackTarget, *, approval_id: str | None = None
) -> tuple[str, Row]:
    """What became of it, and the transfer that has the caller's id now; its columns are None where there is none."""
    asked = (wanted.account_id, wanted.asset_id, canonical(wanted.amount))
    what = (_ulid(), _ulid(), type, wanted.deduplication_id, fingerprint(type, wanted), *asked)
    return _call(actor, OPEN, (*what, *_by(actor), *target, approval_id))


def close_transfer(
    actor: Actor, transfer_id: str, account_id: str, status: Literal["Completed", "Canceled"], target: CallbackTarget
) -> tuple[str, Row]:
    return _call(actor, CLOSE, (transfer_id, account_id, status, _ulid(), *_by(actor), *target))


def settle_deposit(actor: Actor, transfer_id: str, status: Literal["Completed", "Canceled"], target: CallbackTarget) -> tuple[str, Row]:
    """One that waited for an approval."""
    return _call(actor, SETTLE, (transfer_id, status, _ulid(), target.webhook_id, *_by(actor)))


def _call(actor: Actor, sql: str, values: Sequence[Any]) -> tuple[str, Row]:
    if not actor.reason:
        return _asked(sql, values)
    # Beside the one statement and not in it: what nobody says costs nobody a parameter.
    with transaction.atomic():
        statements.row(SAY_WHY, [actor.reason])
        found = _asked(sql, values)
        # A call that comes later in a transaction around this one has its own.
        statements.row(SAY_WHY, [""])
        return found


def _asked(sql: str, values: Sequence[Any]) -> tuple[str, Row]:
    try:
        outcome, *columns = statements.row(sql, values)
    except OUTAGES:
        # A connection that died may have carried the answer of what was done: asking again under the same id tells.
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        outcome, *columns = statements.row(sql, values)
    return outcome, Row(*columns)


def _by(actor: Actor) -> tuple[str, ...]:
    return actor.kind, actor.id, actor.name, actor.door, actor.trace_id


def _ulid() -> str:
    return str(ULID())
