"""The books: all of the ledger and what must agree with it, audited again and again."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value

# An error closes the books: money is read-only. A warning leaves the money as it should be.
InvariantSeverity = Literal["error", "warning"]
MOST_EXAMPLES = 20


class Violation(Value, frozen=True, kw_only=True):
    """One object with which an invariant does not hold, and what is wrong. A balance's id is account/asset."""

    object_type: str
    object_id: str
    detail: str


class CheckedInvariant(Value, frozen=True, kw_only=True):
    """`count` objects violate it; `examples` are the first MOST_EXAMPLES of them."""

    id: str
    words: str
    severity: InvariantSeverity
    count: int
    examples: list[Violation]


class AssetTotals(Value, frozen=True, kw_only=True):
    """Of one asset: what clients have and have locked, by their balances; the house's accounts, by their entries. `clients` and those sum to zero."""

    asset_id: str
    clients: Decimal
    locked: Decimal
    external: Decimal
    fees: Decimal
    suspense: Decimal
    trading: Decimal = Decimal(0)


class AuditPass(Value, frozen=True, kw_only=True):
    """What was found at the moment `started_at`. Green: no invariant of severity error is violated."""

    id: int
    started_at: datetime
    finished_at: datetime
    is_green: bool
    entries_count: int
    totals: list[AssetTotals]
    invariants: list[CheckedInvariant]
    asked_by: str


class BooksState(Value, frozen=True, kw_only=True):
    """While `closed_at` is set money is read-only, for `reason`. `last_green` is the newest pass that found nothing."""

    closed_at: datetime | None
    reason: str | None
    last_pass: AuditPass | None
    last_green: AuditPass | None


class Reopening(Value, frozen=True, kw_only=True):
    """`reason` says what was found and done."""

    reason: str


class Books(Protocol):
    def audit(self, actor: Actor) -> AuditPass:
        """Audit all of the books now; with one that runs already, wait for it. A violation closes the books.

        Refuses: Unavailable (the one before does not end).
        """

    def passes(self, actor: Actor, *, before: int | None = None, limit: int = 50) -> list[AuditPass]:
        """Newest first, those older than id `before`."""

    def latest(self, actor: Actor) -> BooksState:
        """How the books stand."""

    def reopen(self, actor: Actor, reason: str) -> BooksState:
        """Let money move again; `reason` says what was found and done.

        Refuses: Invalid (no reason), Conflict (they are open, the newest pass since the closing is not green, a pass is running).
        """

    def run_due(self, actor: Actor) -> bool:
        """For the worker: audit when the last pass is an hour old; whether it was."""
