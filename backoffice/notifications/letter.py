"""The mail of one digest: what is unread, the newest first, each with the way to its page."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from backoffice.contracts.notifications import AdminNotification
from backoffice.notifications.models import Digest

MOST = 50
DIGEST_ID = "X-Digest-Id"


def write(digest: Digest, found: Sequence[AdminNotification], count: int, recipient: str) -> EmailMultiAlternatives:
    about = {
        "lines": [(one, settings.PUBLIC_URL + reverse("portal:notifications-show", args=[one.id])) for one in found],
        "count": count,
        "left": count - len(found),
        "everything": settings.PUBLIC_URL + reverse("portal:notifications-list"),
        "choices": settings.PUBLIC_URL + reverse("portal:notifications-preferences"),
        "recipient": recipient,
    }
    worst = next((one for severity in ("error", "warning", "info") for one in found if one.severity == severity), found[0])
    mail = EmailMultiAlternatives(
        subject=_plain(f"{count} unread: {worst.title}")[:200],
        body=render_to_string("mail/digest.txt", about),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[recipient],
        headers={
            "Message-ID": message_id(digest),
            DIGEST_ID: str(digest.pk),
            "List-Unsubscribe": f"<{about['choices']}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(render_to_string("mail/digest.html", about), "text/html")
    return mail


def message_id(digest: Digest) -> str:
    """One for all tries: whoever gets it twice can tell."""
    return f"<digest-{digest.pk}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


def _plain(text: str) -> str:
    """On one line, whatever a name holds."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
