"""Telling those who run the desk; within the transaction of what is told, so that neither stands without the other."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.utils import timezone

from backoffice.contracts.notifications import Severity
from backoffice.contracts.told import OPERATION_OF, Data, NotificationType
from backoffice.notifications.models import AdminNotification


def post(type: NotificationType, severity: Severity, data: Mapping[str, Any], *, key: str | None = None, needs: Sequence[str] = ()) -> bool:
    """Whether it is new; of one `key` only the first is kept. Whoever sees it needs all of `needs`, and of its type the operation.

    Refuses: msgspec.ValidationError (data that is not of the type, as contracts/told.py has it).
    """
    told = msgspec.convert({**data, "type": type}, Data)
    plain = msgspec.to_builtins(told, builtin_types=())
    row = AdminNotification(type=type, severity=severity, key=key, data=plain, at=timezone.now(), operations=sorted({OPERATION_OF[type], *needs}))
    if key is None:
        row.save(force_insert=True)
        return True
    before = AdminNotification.objects.filter(key=key).exists()
    AdminNotification.objects.bulk_create([row], ignore_conflicts=True)
    return not before
