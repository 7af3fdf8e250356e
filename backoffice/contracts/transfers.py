"""Transfers: deposits and withdrawals of accounts, asked for once under the caller's own id."""

from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, Protocol, TypeVar

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Value

TransferType = Literal["Deposit", "Withdrawal"]
TransferStatus = Literal["Pending", "AwaitingConfirmation", "Completed", "Failed", "Canceled"]
FINAL: tuple[TransferStatus, ...] = ("Completed", "Failed", "Canceled")
T = TypeVar("T")


class NewTransfer(Value, frozen=True, kw_only=True):
    """`deduplication_id`: 1 to 255 printable ASCII characters, the caller's own for ever, compared byte for byte."""

    deduplication_id: str
    account_id: str
    amount: Decimal
    asset_id: str
    callback_url: str | None = None


class TransferDecision(Value, frozen=True, kw_only=True):
    """A withdrawal to confirm or cancel; `account_id` must be its own. The event's callback goes to `callback_url`, else to the creating call's."""

    account_id: str
    transfer_id: str
    callback_url: str | None = None


class Transfer(Value, frozen=True, kw_only=True):
    transfer_id: str
    deduplication_id: str
    asset_id: str
    type: TransferType
    status: TransferStatus
    amount: Decimal
    created_at: datetime
    updated_at: datetime


class TransferEvent(Value, frozen=True, kw_only=True):
    """One step: who made it, through what. `seq` counts from 1 without gaps and defines the order, not the clock."""

    seq: int
    status: TransferStatus
    at: datetime
    actor_kind: str
    actor_name: str
    door: str
    trace_id: str
    callback_url: str | None


class TransferDetail(Value, frozen=True, kw_only=True):
    """A transfer as the desk looks at it. `rate_to_root` is that of its end; None while it waits or when there was none."""

    transfer: Transfer
    account_id: str
    caller: str
    failure_code: str | None
    failure_detail: str | None
    rate_to_root: Decimal | None
    journal_id: str | None
    trace_id: str
    events: list[TransferEvent]


class Once(msgspec.Struct, Generic[T], frozen=True):
    """An answer that a repeated call gets again. `is_replayed` says that this is such a repetition."""

    value: T
    is_replayed: bool


class Decided(Value, frozen=True, kw_only=True):
    """What became of one of several withdrawals; `refusal` says why it did not."""

    transfer_id: str
    is_done: bool
    refusal: str = ""


class TransferRefused(Invalid):
    """Refused under the lock and on record as a Failed transfer: the same id is refused again for ever, in the same words."""

    def __init__(self, detail: str, *, code: str, transfer_id: str, trace_id: str, is_replayed: bool) -> None:
        super().__init__(detail, code=code)
        self.transfer_id = transfer_id
        self.trace_id = trace_id
        self.is_replayed = is_replayed


class Transfers(Protocol):
    """Each of the four calls commits or refuses as a whole, and is safe to repeat after any lost answer.

    All of them refuse: Unavailable while the books are closed or a lock is not to be had in time.
    """

    def deposit(self, actor: Actor, wanted: NewTransfer) -> Once[Transfer]:
        """Refuses: Invalid (amount, asset, callback, `deduplication_mismatch`), NotFound (account), TransferRefused."""

    def withdraw(self, actor: Actor, wanted: NewTransfer) -> Once[Transfer]:
        """Locks the amount until it is confirmed or canceled. Refuses: as deposit."""

    def confirm(self, actor: Actor, decision: TransferDecision) -> None:
        """The money leaves; again is a success.

        Refuses: NotFound, Invalid (`transfer_already_final`, `not_a_withdrawal`, the client's status, the callback).
        """

    def cancel(self, actor: Actor, decision: TransferDecision) -> None:
        """The money is available again; again is a success. Refuses: as confirm."""

    def decide(self, actor: Actor, transfer_ids: list[str], status: Literal["Completed", "Canceled"]) -> list[Decided]:
        """Confirm or cancel each on its own: what is refused holds up nothing else."""

    def get(self, actor: Actor, transfer_id: str) -> Transfer:
        """Refuses: NotFound."""

    def detail(self, actor: Actor, transfer_id: str) -> TransferDetail:
        """Refuses: NotFound."""

    def of_account(self, actor: Actor, account_id: str, *, after: str | None = None, limit: int = 1_000) -> Page[Transfer]:
        """Newest first; `after` is the id of the last one seen. Refuses: NotFound (account)."""
