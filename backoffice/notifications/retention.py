"""What is old enough is forgotten, with its marks; digests go with it."""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.notifications.models import AdminNotification, Digest

BATCH = 5_000


def clean(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    kept = timedelta(days=settings.NOTIFICATIONS_KEPT_DAYS)
    # One without a number has just arrived, however old its moment is.
    old = AdminNotification.objects.filter(at__lt=Now() - kept, number__isnull=False)
    gone = list(old.order_by("at").values_list("pk", flat=True)[:BATCH])
    AdminNotification.objects.filter(pk__in=gone).delete()
    Digest.objects.exclude(state="Waiting").filter(slot__lt=Now() - kept).delete()
    return len(gone)
