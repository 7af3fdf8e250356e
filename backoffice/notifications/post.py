"""Telling those who run the desk; within the transaction of what is told, so that neither stands without the other."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from backoffice.contracts.notifications import Severity
from backoffice.notifications.models import AdminNotification


def post(type: str, severity: Severity, data: Mapping[str, Any], *, key: str | None = None) -> bool:
    """Whether it is new; of one `key` only the first is kept."""
    row = AdminNotification(type=type, severity=severity, key=key, data=dict(data), at=timezone.now())
    if key is None:
        row.save(force_insert=True)
        return True
    before = AdminNotification.objects.filter(key=key).exists()
    AdminNotification.objects.bulk_create([row], ignore_conflicts=True)
    return not before
