"""Admin notifications: what the desk itself tells those who run it, who is told what, and how they hear of it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.told import Data, NotificationType
from backoffice.contracts.value import Value

Severity = Literal["info", "warning", "error"]
# The least severity that somebody follows of a type.
Following = Literal["info", "warning", "error", "off"]
DigestRhythm = Literal["Off", "Hourly", "Daily"]


class AdminNotification(Value, frozen=True, kw_only=True):
    """`id` is its number in the order of arrival, which no later one undercuts; `is_read` is the asking actor's own mark.

    `title` and `detail` say in words what `data` holds.
    """

    id: str
    type: NotificationType
    severity: Severity
    title: str
    detail: str
    data: Data
    is_read: bool
    at: datetime


class Unread(Value, frozen=True, kw_only=True):
    """`latest` is the highest number that there is, of whatever type: the cursor of live updates."""

    count: int
    latest: int


class Subscription(Value, frozen=True, kw_only=True):
    type: NotificationType
    following: Following


class DigestChoice(Value, frozen=True, kw_only=True):
    """`at` is the hour and minute of a daily one in `zone`; an hourly one comes at that minute of every hour."""

    rhythm: DigestRhythm = "Off"
    at: time = time(8)
    zone: str = "UTC"


class Preferences(Value, frozen=True, kw_only=True):
    """Of one actor: every type that they may see, with the least severity that they follow."""

    subscriptions: list[Subscription]
    digest: DigestChoice = DigestChoice()


class DueDigest(Value, frozen=True, kw_only=True):
    id: int
    operator_id: str


class AdminNotifications(Protocol):
    """What the actor lacks the operation for is absent, in every verb."""

    def find(
        self,
        actor: Actor,
        *,
        types: Sequence[NotificationType] | None = None,
        severity: Severity | None = None,
        is_unread: bool = False,
        is_followed: bool = False,
        created_from: datetime | None = None,
        created_to: datetime | None = None,
        before: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> list[AdminNotification]:
        """Newest first: those that arrived before the one with id `before` and behind `after`, created from `created_from` on and before
        `created_to`; `is_followed` leaves out what the actor has subscribed away. Refuses: Invalid (an id or limit that cannot be).
        """

    def unread(self, actor: Actor) -> Unread:
        """How many that the actor follows they have not read."""

    def mark_read(self, actor: Actor, ids: Sequence[str]) -> None:
        """For the actor alone; ids that are unknown or not theirs to see are passed over. Refuses: Invalid (too many at once)."""

    def mark_all_read(self, actor: Actor, *, up_to: str | None = None) -> None:
        """All that has arrived, or up to the one with id `up_to`: what arrives later stays unread. Refuses: Invalid."""

    def preferences(self, actor: Actor) -> Preferences: ...

    def set_preferences(self, actor: Actor, preferences: Preferences) -> None:
        """Types that are not named stay as they are. Refuses: Invalid (a zone that there is not)."""

    def head(self, actor: Actor) -> tuple[int, str]:
        """The latest number, and a mark that is another one after every change that is on record: what a live page waits for."""

    def take_due_digests(self, actor: Actor) -> list[DueDigest]:
        """Enter each digest whose time has come, once, and list those that wait to be sent."""

    def send_digest(self, actor: Actor, digest_id: int, recipient: str) -> None:
        """As the operator whose digest it is. Nothing new is nothing sent."""

    def abandon_digest(self, actor: Actor, digest_id: int, *, reason: str) -> None:
        """Give one up whose operator gets no mail."""

    def clean(self, actor: Actor) -> int:
        """Forget what is older than the setting says; how many notifications went."""
