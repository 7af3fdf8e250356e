"""The hosted AdminNotifications."""

from backoffice.notifications.digests import abandon_digest, send_digest, take_due_digests
from backoffice.notifications.marks import mark_all_read, mark_read
from backoffice.notifications.preferences import preferences, set_preferences
from backoffice.notifications.reading import find, head, unread
from backoffice.notifications.retention import clean

__all__ = [
    "abandon_digest", "clean", "find", "head", "mark_all_read", "mark_read", "preferences", "send_digest", "set_preferences", "take_due_digests",
    "unread",
]  # fmt: skip
