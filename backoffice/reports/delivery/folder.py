"""Mail that goes nowhere: each one is a file, under a name that its Message-ID gives it, so that the same mail is there once."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SUFFIX = ".eml"
LETTERS = 32


class FolderBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _keep(message)
        return len(email_messages)


def folder() -> Path:
    place = Path(settings.DATA_DIR) / "mail"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def _keep(message: EmailMessage) -> None:
    """Whole or absent, and on the disk before anybody hears that it went out."""
    place = folder() / f"{hashlib.sha256(message.extra_headers['Message-ID'].encode()).hexdigest()[:LETTERS]}{SUFFIX}"
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(message.message().as_bytes())
        out.flush()
        os.fsync(out.fileno())
    if place.exists():
        part.unlink()
    else:
        part.rename(place)
