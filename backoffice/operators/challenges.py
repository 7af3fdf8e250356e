"""What must be answered within minutes, once: whoever deletes the row has the answer counted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from backoffice.operators.models import Challenge

LIFE = timedelta(minutes=5)
PURGED = 100


def make(kind: str, asked: Mapping[str, Any], *, operator_id: str | None = None) -> str:
    now = timezone.now()
    old = Challenge.objects.select_for_update(skip_locked=True).filter(expires_at__lt=now).values_list("pk", flat=True)
    with transaction.atomic():
        Challenge.objects.filter(pk__in=list(old[:PURGED])).delete()
        return str(Challenge.objects.create(kind=kind, operator_id=operator_id, asked=dict(asked), expires_at=now + LIFE).pk)


def read(kind: str, id: str) -> Challenge | None:
    return Challenge.objects.filter(pk=id, kind=kind, expires_at__gt=timezone.now()).first() if id.isprintable() else None


def take(kind: str, id: str) -> Challenge | None:
    """Of two who come at once, one has it."""
    row = read(kind, id)
    return row if row and Challenge.objects.filter(pk=row.pk).delete()[0] else None
