"""The proof of the audit trail: a chain of hashes over gapless numbers, and its end as it was told to the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value

MOST_FAULTS = 20


class ChainHead(Value, frozen=True, kw_only=True):
    """The end of the chain at a moment. `hash` is hexadecimal; `signature` and `key` (Ed25519, the public one) are base64, empty without a key."""

    number: int
    hash: str
    at: datetime
    signature: str
    key: str


class ChainFault(Value, frozen=True, kw_only=True):
    """`number` in the chain and `record` of the trail, as far as either is known."""

    number: int | None
    record: int | None
    detail: str


class ChainState(Value, frozen=True, kw_only=True):
    """`waiting_seconds`: how long the oldest record waits for its link; None before the first pass of the chainer."""

    number: int
    hash: str
    waiting_seconds: float | None
    settled_at: datetime | None
    last_head: ChainHead | None


class ChainReport(Value, frozen=True, kw_only=True):
    """Of all of the chain. `faults` are the first ones, in the order of their numbers; `waiting` records have no link yet and `erased` changes
    lost what was personal in them."""

    checked: int
    hash: str
    heads: int
    waiting: int
    erased: int
    fault_count: int
    faults: list[ChainFault]

    @property
    def is_sound(self) -> bool:
        return not self.fault_count


class AuditChain(Protocol):
    def state(self, actor: Actor) -> ChainState: ...

    def verify(self, actor: Actor, *, heads: Sequence[ChainHead] = (), key: str | None = None) -> ChainReport:
        """Computes everything anew, and holds it against the heads on record and those given; all must be signed by `key`, or by this desk's own."""

    def extend(self, actor: Actor) -> int:
        """Link what has none yet; how many that were."""

    def export_head(self, actor: Actor) -> ChainHead | None:
        """Sign the end of the chain and write it to the file of heads; None while there is no chain."""

    def export_due(self, actor: Actor) -> bool:
        """As `export_head`, when the last was an hour ago."""

    def mail_heads(self, actor: Actor) -> int:
        """Send the heads that nobody was mailed yet; how many."""
