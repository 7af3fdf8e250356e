"""Admin notifications, as the contract has them: the list, how many are unread, and marks of having read them."""

from datetime import datetime

from backoffice.contracts.actor import Actor
from backoffice.contracts.notifications import AdminNotification
from backoffice.contracts.told import Data, NotificationType
from backoffice.contracts.value import Value
from backoffice.services import back_api


class NotificationsQuery(Value, frozen=True, kw_only=True):
    """`lastId` continues a list behind the last notification of its page."""

    unread_only: bool = False
    types: list[NotificationType] | None = None
    last_id: str | None = None
    limit: int = 50
    created_from: datetime | None = None
    created_to: datetime | None = None


class ListedNotification(Value, frozen=True, kw_only=True):
    id: str
    type: NotificationType
    data: Data
    is_read: bool
    created_at: datetime


class ListedNotifications(Value, frozen=True, kw_only=True):
    notifications: list[ListedNotification]


class UnreadCount(Value, frozen=True, kw_only=True):
    count: int


class ReadIds(Value, frozen=True, kw_only=True):
    ids: list[str]


class Marked(Value, frozen=True, kw_only=True):
    """An object with nothing in it."""


def find(actor: Actor, body: NotificationsQuery) -> ListedNotifications:
    """Notifications of the types that the caller follows, or of those that are named, the newest first."""
    found = back_api().notifications.find(
        actor,
        types=body.types,
        is_unread=body.unread_only,
        is_followed=body.types is None,
        created_from=body.created_from,
        created_to=body.created_to,
        before=body.last_id,
        limit=body.limit,
    )
    return ListedNotifications(notifications=[_listed(one) for one in found])


def unread_count(actor: Actor) -> UnreadCount:
    """How many of those that the caller follows are unread."""
    return UnreadCount(count=back_api().notifications.unread(actor).count)


def mark_as_read(actor: Actor, body: ReadIds) -> Marked:
    """Mark some as read, for the caller alone; ids that the caller cannot see are passed over."""
    back_api().notifications.mark_read(actor, body.ids)
    return Marked()


def mark_all_as_read(actor: Actor) -> Marked:
    """Mark all that have arrived as read, for the caller alone."""
    back_api().notifications.mark_all_read(actor)
    return Marked()


def _listed(one: AdminNotification) -> ListedNotification:
    return ListedNotification(id=one.id, type=one.type, data=one.data, is_read=one.is_read, created_at=one.at)
