"""The hosted Transfers."""

from typing import Literal

from backoffice.accounts.models import Account
from backoffice.callbacks import doorbell
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound, Refused
from backoffice.contracts.paging import Page
from backoffice.contracts.transfers import (
    Decided,
    NewTransfer,
    Once,
    Transfer,
    TransferDecision,
    TransferDetail,
    TransferEvent,
)
from backoffice.core.crashes import crash
from backoffice.transfers import asked, calls, models, opening, refusals, waiting

Decision = Literal["Completed", "Canceled"]
# How these wait where a policy holds them.
WAITS = waiting.WAITS


def deposit(actor: Actor, wanted: NewTransfer) -> Once[Transfer]:
    return opening.opened(actor, "Deposit", wanted)


def withdraw(actor: Actor, wanted: NewTransfer) -> Once[Transfer]:
    return opening.opened(actor, "Withdrawal", wanted)


def confirm(actor: Actor, decision: TransferDecision) -> None:
    _close(actor, decision, "Completed")


def cancel(actor: Actor, decision: TransferDecision) -> None:
    _close(actor, decision, "Canceled")


def decide(actor: Actor, transfer_ids: list[str], status: Decision) -> list[Decided]:
    accounts = dict(models.Transfer.objects.filter(pk__in=transfer_ids).values_list("pk", "account_id"))
    return [_decided(actor, transfer_id, accounts.get(transfer_id, ""), status) for transfer_id in dict.fromkeys(transfer_ids)]


def get(actor: Actor, transfer_id: str) -> Transfer:  # noqa: ARG001  verbs are told who asks
    return opening.shown(_row(transfer_id))


def detail(actor: Actor, transfer_id: str) -> TransferDetail:  # noqa: ARG001  verbs are told who asks
    row = _row(transfer_id)
    return TransferDetail(
        transfer=opening.shown(row),
        account_id=row.account_id,
        caller=row.caller,
        failure_code=row.failure_code,
        failure_detail=refusals.failure_words(_made(row)) if row.failure_code else None,
        rate_to_root=row.rate_to_root,
        journal_id=row.journal_id,
        trace_id=row.trace_id,
        events=[_event(event) for event in models.TransferEvent.objects.filter(transfer_id=transfer_id).order_by("seq")],
    )


def of_account(actor: Actor, account_id: str, *, after: str | None = None, limit: int = 1_000) -> Page[Transfer]:  # noqa: ARG001  verbs are told who asks
    if not Account.objects.filter(pk=account_id).exists():
        raise NotFound(f"There is no account {account_id}.")
    rows = models.Transfer.objects.filter(account_id=account_id).order_by("-pk")
    found = list(rows.filter(pk__lt=after)[: limit + 1] if after else rows[: limit + 1])
    shown = found[:limit]
    return Page(items=[opening.shown(row) for row in shown], next=shown[-1].id if len(found) > limit else None)


def _close(actor: Actor, decision: TransferDecision, status: Decision) -> None:
    target = asked.target(actor, decision.callback_url)
    crash("transfer_before_call")
    outcome, row = calls.close_transfer(actor, decision.transfer_id, decision.account_id, status, target)
    if outcome not in ("done", "repeated"):
        raise refusals.of_decision(outcome, decision.transfer_id, row)
    crash("transfer_after_commit_before_bell")
    if outcome == "done":
        doorbell.ring()
    crash("transfer_before_answer")


def _decided(actor: Actor, transfer_id: str, account_id: str, status: Decision) -> Decided:
    try:
        _close(actor, TransferDecision(account_id=account_id, transfer_id=transfer_id), status)
    except Refused as refusal:
        return Decided(transfer_id=transfer_id, is_done=False, refusal=refusal.detail)
    return Decided(transfer_id=transfer_id, is_done=True)


def _row(transfer_id: str) -> models.Transfer:
    row = models.Transfer.objects.filter(pk=transfer_id).first()
    if row is None:
        raise NotFound(f"There is no transfer {transfer_id}.")
    return row


def _made(row: models.Transfer) -> calls.Row:
    return calls.Row(*(getattr(row, name) for name in calls.Row._fields))


def _event(row: models.TransferEvent) -> TransferEvent:
    return TransferEvent(
        seq=row.seq,
        status=row.status,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        door=row.door,
        trace_id=row.trace_id,
        callback_url=row.callback_url,
    )
