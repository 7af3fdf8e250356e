"""How a transfer begins, and what whoever asked for it is told: the same for ever."""

import msgspec
from django.db import transaction

from backoffice.callbacks import doorbell
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.transfers import NewTransfer, Once, Transfer, TransferStatus, TransferType
from backoffice.core.crashes import crash
from backoffice.transfers import asked, calls, models, refusals


def opened(actor: Actor, type: TransferType, wanted: NewTransfer) -> Once[Transfer]:
    row, is_replayed = begun(actor, type, wanted)
    if row.failure_code:
        raise refusals.of_failed(row, is_replayed=is_replayed)
    return Once(first_answer(row), is_replayed)


def begun(actor: Actor, type: TransferType, wanted: NewTransfer, *, approval_id: str | None = None) -> tuple[calls.Row, bool]:
    """The transfer, which may be on record as Failed, and whether it was asked for before."""
    if found := asked.faults(wanted):
        raise Invalid("The transfer is not valid.", fields=found)
    target = asked.target(actor, wanted.callback_url)
    crash("transfer_before_call")
    outcome, row = calls.open_transfer(actor, type, wanted, target, approval_id=approval_id)
    if outcome not in ("new", "known"):
        raise refusals.of_request(outcome, wanted, row)
    crash("transfer_after_commit_before_bell")
    is_replayed = outcome == "known"
    if not is_replayed and target.url:
        transaction.on_commit(doorbell.ring)
    crash("transfer_before_answer")
    return row, is_replayed


def first_answer(row: calls.Row) -> Transfer:
    """What the first call was told, however far the transfer has moved since: it is the caller's proof of what they asked for."""
    first: TransferStatus = "AwaitingConfirmation" if row.type == "Withdrawal" else "Completed" if row.approval_id is None else "Pending"
    return msgspec.structs.replace(shown(row), status=first, updated_at=row.created_at)


def shown(row: models.Transfer | calls.Row) -> Transfer:
    return Transfer(
        transfer_id=row.id,
        deduplication_id=row.deduplication_id,
        asset_id=row.asset_id,
        type=row.type,
        status=row.status,
        amount=row.amount,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
