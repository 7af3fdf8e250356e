"""The inbox: what waits for a person, how late it is, who works at it, what is put off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value

InboxKind = Literal[
    "BooksViolation",
    "Approval",
    "Withdrawal",
    "SessionDisconnected",
    "HostPaused",
    "CallbackDead",
    "MarketFile",
    "ReportFailed",
    "MailFailed",
    "ChangeSet",
    "MarketWithoutCalendar",
    "CalendarGap",
]
# Of each kind the inbox looks at so many, the oldest; there may be more.
MOST_OF_A_KIND = 200
CLAIM_MINUTES = 30


class InboxItem(Value, frozen=True, kw_only=True):
    """One thing that waits. `kind` and `subject_id` are its identity; `facts` are what its kind has to tell, as text.

    `lateness` is its age by its target: 1 is due, more is overdue. A claim that has expired and a snooze that is over are not told.
    """

    kind: InboxKind
    subject_id: str
    name: str
    facts: dict[str, str | None]
    since: datetime
    target_minutes: int
    lateness: float
    claimed_by: str | None
    claimed_until: datetime | None
    is_claimed_by_me: bool
    snoozed_until: datetime | None
    snoozed_by: str | None
    snooze_reason: str | None


class Inbox(Value, frozen=True, kw_only=True):
    """`counts` is of every kind that the actor may see and that has any; one of MOST_OF_A_KIND may be more. `snoozed` counts those put off.

    `mark` is another one whenever anything of it is.
    """

    items: list[InboxItem]
    counts: dict[str, int]
    snoozed: int
    mark: str


class Snooze(Value, frozen=True, kw_only=True):
    until: datetime
    reason: str


class InboxDesk(Protocol):
    """What the actor lacks the operation for, or has out of scope, is absent."""

    def find(self, actor: Actor, *, kind: InboxKind | None = None, is_snoozed: bool = False, limit: int = 100) -> Inbox:
        """The latest first, by their ages against the targets of their kinds."""

    def get(self, actor: Actor, kind: InboxKind, subject_id: str) -> InboxItem:
        """Refuses: NotFound (it waits no more, or never did)."""

    def claim(self, actor: Actor, kind: InboxKind, subject_id: str) -> None:
        """The actor works at it, for CLAIM_MINUTES from now; one's own claim is renewed. Refuses: NotFound, Conflict (another has it)."""

    def release(self, actor: Actor, kind: InboxKind, subject_id: str) -> None:
        """Somebody else may take it; nothing happens to what one has not claimed. Refuses: NotFound, Conflict (another has it)."""

    def snooze(self, actor: Actor, kind: InboxKind, subject_id: str, snooze: Snooze) -> None:
        """For everybody: it comes back at that instant. One's claim of it ends.

        Refuses: NotFound, Invalid (in the past, too far ahead, no reason), Conflict (another has it).
        """

    def wake(self, actor: Actor, kind: InboxKind, subject_id: str) -> None:
        """It comes back now. Refuses: NotFound."""

    def targets(self, actor: Actor) -> dict[InboxKind, int]:
        """Minutes that each kind may wait."""

    def set_targets(self, actor: Actor, targets: Mapping[InboxKind, int]) -> None:
        """Kinds that are not named keep theirs. Refuses: Invalid."""

    def kinds(self, actor: Actor) -> Sequence[InboxKind]:
        """Those that the actor may see."""
