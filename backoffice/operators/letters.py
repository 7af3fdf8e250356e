"""Mails to people about their own sign-ins and factors: entered with what they tell of, sent by the worker, twice rather than never."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from backoffice.core import arming, mail
from backoffice.operators.models import Letter, Operator

# Between attempts, and as long as one may take; behind the last one it is given up.
GAPS = tuple(timedelta(minutes=minutes) for minutes in (5, 5, 15, 60, 360))
KEPT = timedelta(days=30)
MOST = 100
SUBJECTS: Mapping[str, str] = {
    "NewDevice": "A new sign-in to your account",
    "FactorAdded": "A second factor was set up for your account",
    "FactorRemoved": "A second factor was removed from your account",
    "FactorsReset": "An administrator reset your second factors",
    "RecoveryCodeUsed": "A recovery code of yours was used",
}


def enter(row: Operator, notice: str, about: Mapping[str, str]) -> None:
    """Nothing at a desk that sends no mail."""
    now = timezone.now()
    if settings.EMAIL_BACKEND and row.email:
        Letter.objects.create(operator=row, recipient=row.email, notice=notice, about=dict(about), made_at=now, next_attempt_at=now)


def send_due() -> int:
    """How many went. A restored copy sends none."""
    if not arming.is_armed():
        return 0
    now = timezone.now()
    Letter.objects.filter(next_attempt_at=None, made_at__lt=now - KEPT).delete()
    due = Letter.objects.filter(next_attempt_at__lte=now).order_by("next_attempt_at", "pk").values_list("pk", flat=True)
    return sum(_send(pk, now) for pk in list(due[:MOST]))


def _send(pk: int, now: datetime) -> bool:
    row = _claim(pk, now)
    if row is None:
        return False
    try:
        mail.hand_over(_written(row))
    except mail.Refused as error:
        Letter.objects.filter(pk=pk).update(next_attempt_at=None, reason=str(error)[:300])
    except mail.NotNow as error:
        gone = {"next_attempt_at": None} if row.attempts >= len(GAPS) else {}
        Letter.objects.filter(pk=pk).update(reason=str(error)[:300], **gone)
    else:
        Letter.objects.filter(pk=pk).update(next_attempt_at=None, reason="")
        return True
    return False


def _claim(pk: int, now: datetime) -> Letter | None:
    """None when another sender has it. Its next attempt is set first: a sender that dies leaves it to a later one."""
    with transaction.atomic():
        rows = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("operator")
        row = rows.filter(pk=pk, next_attempt_at__lte=now).first()
        if row is not None:
            row.next_attempt_at = now + GAPS[min(row.attempts, len(GAPS) - 1)]
            row.attempts += 1
            row.save(update_fields=["next_attempt_at", "attempts"])
    return row


def _written(row: Letter) -> EmailMessage:
    about = {"letter": row, "own": settings.PUBLIC_URL + reverse("portal:own-show"), "subject": SUBJECTS[row.notice]}
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return EmailMessage(
        subject=SUBJECTS[row.notice],
        body=render_to_string("mail/security.txt", about),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[row.recipient],
        headers={"Message-ID": f"<security-{row.pk}@{host}>", "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
