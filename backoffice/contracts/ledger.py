"""The ledger as it is read: balances, entries with their running balance, holds; and whether money may move at all."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Value

# A trade, swap or funding payment moves money between an account and the house's account for trading.
JournalKind = Literal["Deposit", "Withdrawal", "Correction", "Trade", "Swap", "Funding"]
HoldKind = Literal["Withdrawal", "Order"]


class Balance(Value, frozen=True, kw_only=True):
    """`available` is total less locked. In the root asset at the present rate; None where there is none."""

    asset_id: str
    total: Decimal
    locked: Decimal
    available: Decimal
    rate_to_root: Decimal | None
    total_in_root: Decimal | None


class Entry(Value, frozen=True, kw_only=True):
    """`seq` numbers the entries of one account and asset without gaps; `balance_after` is the total behind it.

    `subject_id` is the transfer, execution, swap or funding payment that moved the money.
    """

    journal_id: str
    kind: JournalKind
    subject_id: str | None
    asset_id: str
    amount: Decimal
    seq: int
    balance_after: Decimal
    at: datetime


class Hold(Value, frozen=True, kw_only=True):
    """`subject_id` is the withdrawal or the resting order that it is kept for."""

    kind: HoldKind
    subject_id: str
    asset_id: str
    amount: Decimal
    opened_at: datetime


class Statement(Value, frozen=True, kw_only=True):
    """One asset of one account over [start, end): opening + sum of the entries = closing."""

    account_id: str
    asset_id: str
    start: datetime
    end: datetime
    opening: Decimal
    closing: Decimal
    entries: list[Entry]


class JournalDetail(Value, frozen=True, kw_only=True):
    id: str
    kind: JournalKind
    subject_id: str | None
    reverses_id: str | None
    at: datetime
    entries: list["JournalEntry"]


class JournalEntry(Value, frozen=True, kw_only=True):
    """`account_id` may be a house account: external:usd, fees:usd, trading:usd, suspense:usd."""

    line: int
    account_id: str
    asset_id: str
    amount: Decimal


class Ledger(Protocol):
    def balances(self, actor: Actor, account_id: str) -> list[Balance]:
        """By asset; empty for an account that never had anything."""

    def balance_at(self, actor: Actor, account_id: str, asset_id: str, at: datetime) -> Decimal:
        """The total behind the last entry before `at`."""

    def entries(self, actor: Actor, account_id: str, *, asset_id: str | None = None, after: str | None = None, limit: int = 50) -> Page[Entry]:
        """Newest first. Refuses: Invalid (`after` is not the `next` of an earlier page)."""

    def holds(self, actor: Actor, account_id: str) -> list[Hold]:
        """The open ones, oldest first."""

    def statement(self, actor: Actor, account_id: str, asset_id: str, *, start: datetime, end: datetime) -> Statement:
        """In one snapshot, oldest first. Refuses: Invalid (an empty or endless period, more than STATEMENT_MOST entries)."""

    def journal(self, actor: Actor, journal_id: str) -> JournalDetail:
        """Refuses: NotFound."""
