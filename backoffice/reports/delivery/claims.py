"""Claims of deliveries by workers: one sender at a time, a lease that ends by itself, and marks that a lost lease cannot make."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from backoffice.contracts.reports import DeliveryState
from backoffice.reports.delivery import schedule
from backoffice.reports.models import Delivery

# Longer than handing over may take: each step of a talk with a server has EMAIL_TIMEOUT, a provider PATIENCE.
LEASE = timedelta(minutes=5)


class Claimed(NamedTuple):
    """`attempts` counts this one."""

    delivery: Delivery
    token: UUID
    attempts: int

    def end(self, state: DeliveryState, reason: str | None) -> bool:
        """Whether the claim still held."""
        return self._set({"state": state, "reason": reason and reason[:500], "finished_at": Now(), "next_attempt_at": None})

    def put_off(self, reason: str) -> bool:
        """Until the schedule has it tried again; False when there is no further try, or when the claim is lost."""
        gap = schedule.next_gap(self.attempts)
        return gap is not None and self._set({"reason": reason[:500], "next_attempt_at": Now() + gap})

    def _set(self, values: Mapping[str, Any]) -> bool:
        mine = Delivery.objects.filter(pk=self.delivery.pk, lease_token=self.token, state="Waiting")
        return bool(mine.update(lease_token=None, lease_until=None, **values))


def take() -> Claimed | None:
    """The one that is due longest and that nobody has in hand. An attempt counts from here on, so that one that stops its worker ends too."""
    with transaction.atomic():
        due = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(state="Waiting", next_attempt_at__lte=Now())
        delivery = due.exclude(lease_until__gt=Now()).select_related("report", "report__template").order_by("next_attempt_at", "pk").first()
        if delivery is None:
            return None
        token = uuid4()
        Delivery.objects.filter(pk=delivery.pk).update(lease_token=token, lease_until=Now() + LEASE, attempts=F("attempts") + 1)
    return Claimed(delivery, token, delivery.attempts + 1)
