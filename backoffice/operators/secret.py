"""Secrets of API clients: 256 random bits, shown once.

Their hash is a plain SHA-256: a slow hash protects what people choose, and nobody guesses 256 random bits, while every
token request would pay for it.
"""

import hashlib
import hmac
import secrets


def make() -> tuple[str, str]:
    """The secret and its hash."""
    secret = secrets.token_urlsafe(32)
    return secret, hashed(secret)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, secret_hash: str) -> bool:
    """In the same time whatever differs; a client without a secret matches nothing."""
    return hmac.compare_digest(hashed(secret), secret_hash or "none")
