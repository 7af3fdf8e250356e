"""Deposits and withdrawals, under the caller's own id; what was answered once is answered again."""

from typing import Annotated

from msgspec import Meta

from backoffice.api.endpoint import WithHeaders
from backoffice.contracts.actor import Actor
from backoffice.contracts.transfers import NewTransfer, Once, Transfer, TransferDecision
from backoffice.contracts.value import Value
from backoffice.services import back_api

REPLAYED = {"Idempotency-Replayed": "true"}


class TransfersQuery(Value, frozen=True, kw_only=True):
    """`after` is the X-Next of an earlier page."""

    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 1_000


def get(actor: Actor, transfer_id: str) -> Transfer:
    """One transfer."""
    return back_api().transfers.get(actor, transfer_id)


def of_account(actor: Actor, account_id: str, query: TransfersQuery) -> WithHeaders[list[Transfer]]:
    """The transfers of an account, newest first."""
    page = back_api().transfers.of_account(actor, account_id, after=query.after, limit=query.limit)
    return WithHeaders(page.items, {"X-Next": page.next} if page.next else {})


def deposit(actor: Actor, body: NewTransfer) -> WithHeaders[Transfer]:
    """Deposit money to an account."""
    return _once(back_api().transfers.deposit(actor, body))


def withdraw(actor: Actor, body: NewTransfer) -> WithHeaders[Transfer]:
    """Ask for a withdrawal: its amount is locked until it is confirmed or canceled."""
    return _once(back_api().transfers.withdraw(actor, body))


def confirm(actor: Actor, body: TransferDecision) -> None:
    """Confirm a withdrawal: the money leaves."""
    back_api().transfers.confirm(actor, body)


def cancel(actor: Actor, body: TransferDecision) -> None:
    """Cancel a withdrawal: the money is available again."""
    back_api().transfers.cancel(actor, body)


def _once(made: Once[Transfer]) -> WithHeaders[Transfer]:
    return WithHeaders(made.value, REPLAYED if made.is_replayed else {})
