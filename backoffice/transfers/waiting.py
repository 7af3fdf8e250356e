"""Money that waits for an approval: a deposit as Pending, a withdrawal with its hold and not to be confirmed."""

from collections.abc import Mapping

from django.db import transaction

from backoffice.approvals.acts import Waits
from backoffice.callbacks import doorbell
from backoffice.contracts.actor import Actor
from backoffice.contracts.transfers import NewTransfer, Once, Transfer, TransferRefused, TransferType
from backoffice.transfers import asked, calls, models, opening, refusals

Answer = tuple[Once[Transfer] | TransferRefused, str | None]


def _ask(actor: Actor, approval_id: str, type: TransferType, wanted: NewTransfer) -> Answer:
    row, is_replayed = opening.begun(actor, type, wanted, approval_id=approval_id)
    if row.failure_code:
        return refusals.of_failed(row, is_replayed=is_replayed), None
    return Once(opening.first_answer(row), is_replayed), None if is_replayed else row.id


def _ask_deposit(actor: Actor, approval_id: str, *, wanted: NewTransfer) -> Answer:
    return _ask(actor, approval_id, "Deposit", wanted)


def _ask_withdrawal(actor: Actor, approval_id: str, *, wanted: NewTransfer) -> Answer:
    return _ask(actor, approval_id, "Withdrawal", wanted)


def _grant_deposit(actor: Actor, transfer_id: str) -> str:
    outcome, row = calls.settle_deposit(actor, transfer_id, "Completed", asked.target(actor, None))
    return _why_not(outcome, row)


def _drop_deposit(actor: Actor, transfer_id: str) -> str:
    outcome, row = calls.settle_deposit(actor, transfer_id, "Canceled", asked.target(actor, None))
    return _why_not(outcome, row)


def _grant_withdrawal(actor: Actor, transfer_id: str) -> str:  # noqa: ARG001  the same as of a deposit
    rows = models.Transfer.objects.filter(pk=transfer_id)
    if rows.filter(status="AwaitingConfirmation").update(is_held=False):
        return ""
    return f"The withdrawal is {rows.values_list('status', flat=True).get()} already."


def _drop_withdrawal(actor: Actor, transfer_id: str) -> str:
    account_id = models.Transfer.objects.values_list("account_id", flat=True).get(pk=transfer_id)
    outcome, row = calls.close_transfer(actor, transfer_id, account_id, "Canceled", asked.target(actor, None))
    return _why_not(outcome, row)


def _why_not(outcome: str, row: calls.Row) -> str:
    """Refuses: Unavailable, while nobody knows."""
    if outcome in ("done", "repeated"):
        transaction.on_commit(doorbell.ring)
        return ""
    if outcome in ("transfer_already_final", *refusals.FAILURES):
        return refusals.of_decision(outcome, row.id, row).detail
    raise refusals.of_either(outcome)


WAITS: Mapping[str, Waits] = {
    "deposit": Waits(_ask_deposit, _grant_deposit, _drop_deposit),
    "withdraw": Waits(_ask_withdrawal, _grant_withdrawal, _drop_withdrawal),
}
