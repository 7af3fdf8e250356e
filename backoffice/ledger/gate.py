"""Whether money may move. Closed when the books were found not to balance; only a person opens it again."""

from datetime import datetime

from django.db.models.functions import Now

from backoffice.ledger.models import Gate


def closed_since() -> tuple[datetime, str] | None:
    """Since when, and why; None while money may move."""
    row = Gate.objects.filter(closed_at__isnull=False).first()
    return (row.closed_at, row.reason) if row and row.closed_at else None


def close(reason: str) -> None:
    """The first reason stays until somebody opens it."""
    Gate.objects.bulk_create([Gate(id=1, reason="")], ignore_conflicts=True)
    Gate.objects.filter(id=1, closed_at=None).update(closed_at=Now(), reason=reason[:500])


def open_again() -> None:
    Gate.objects.filter(id=1).update(closed_at=None, reason="")
