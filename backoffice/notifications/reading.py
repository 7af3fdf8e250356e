"""The hosted AdminNotifications."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.notifications import AdminNotification, Severity
from backoffice.notifications import models


def find(actor: Actor, *, severity: Severity | None = None, before: int | None = None, limit: int = 50) -> list[AdminNotification]:  # noqa: ARG001  verbs are told who asks
    rows = models.AdminNotification.objects.order_by("-pk")
    if severity is not None:
        rows = rows.filter(severity=severity)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [AdminNotification(id=row.pk, type=row.type, severity=row.severity, data=row.data, at=row.at) for row in rows[:limit]]
