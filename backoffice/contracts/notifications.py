"""Admin notifications: what the desk itself tells those who run it."""

from datetime import datetime
from typing import Any, Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value

Severity = Literal["info", "warning", "error"]


class AdminNotification(Value, frozen=True, kw_only=True):
    """`data` is typed by `type`."""

    id: int
    type: str
    severity: Severity
    data: dict[str, Any]
    at: datetime


class AdminNotifications(Protocol):
    def find(self, actor: Actor, *, severity: Severity | None = None, before: int | None = None, limit: int = 50) -> list[AdminNotification]:
        """Newest first, those older than id `before`."""
