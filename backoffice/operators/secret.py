"""Secrets of API clients: 256 random bits, shown once.

Their hash is a plain SHA-256: a slow hash protects what people choose, and nobody guesses 256 random bits, while every
token request would pay for it.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.utils import timezone

from backoffice.operators.models import ApiClient

# How long a secret goes on beside the one that follows it.
OVERLAP = timedelta(hours=24)


def make() -> tuple[str, str]:
    """The secret and its hash."""
    secret = secrets.token_urlsafe(32)
    return secret, hashed(secret)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, secret_hash: str) -> bool:
    """In the same time whatever differs; a client without a secret matches nothing."""
    return hmac.compare_digest(hashed(secret), secret_hash or "none")


def opens(secret: str, client: ApiClient | None) -> bool:
    """The present one, or the one before it while that goes on. The same work whoever asks."""
    is_present = matches(secret, client.secret_hash if client else "")
    is_previous = matches(secret, client.previous_hash if client else "")
    goes_on = client is not None and client.previous_until is not None and client.previous_until > timezone.now()
    return is_present or (is_previous and goes_on)
