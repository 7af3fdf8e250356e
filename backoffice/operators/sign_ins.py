"""Browser sessions: which live, and how they end."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import SignIn
from backoffice.contracts.errors import NotFound
from backoffice.core import audit
from backoffice.operators import models


def live(now: datetime) -> QuerySet[models.SignIn]:
    """Neither ended, nor idle for too long, nor too old, and of an active operator."""
    return models.SignIn.objects.filter(
        ended_at=None,
        seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
        started_at__gt=now - timedelta(seconds=settings.SESSION_LIFE_SECONDS),
        operator__is_active=True,
    )


def shown(rows: QuerySet[models.SignIn], *, current: str | None = None) -> list[SignIn]:
    return [
        SignIn(
            id=row.id,
            operator_id=row.operator_id,
            operator_name=row.operator.name,
            network=row.network,
            agent=row.agent,
            started_at=row.started_at,
            seen_at=row.seen_at,
            is_current=row.id == current,
            proof=row.proof,
        )
        for row in rows.select_related("operator").order_by("-seen_at", "id")
    ]


def end(actor: Actor, rows: QuerySet[models.SignIn]) -> int:
    """End those that have not ended; the number of them."""
    now = timezone.now()
    ended = list(rows.filter(ended_at=None).select_for_update(of=("self",)).order_by("id"))
    models.SignIn.objects.filter(pk__in=[row.pk for row in ended]).update(ended_at=now)
    for row in ended:
        audit.changed(actor, "sign_in", row.id, {"endedAt": None}, {"endedAt": audit.as_text(now)})
    return len(ended)


def end_one(actor: Actor, rows: QuerySet[models.SignIn], sign_in_id: str) -> None:
    """Refuses: NotFound."""
    if not end(actor, rows.filter(pk=sign_in_id)):
        raise NotFound(f"There is no live sign-in {sign_in_id}.")
