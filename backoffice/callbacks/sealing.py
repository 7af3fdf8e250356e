"""Secrets at rest: AES-GCM under a key that the database never sees, bound to the client whose secret it is."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12


class Locked(Exception):
    """The secret was sealed under a key that is not among CALLBACK_KEYS, or for another client."""


def seal(secret: bytes, client_id: str) -> tuple[str, bytes]:
    """The id of the key, and what is kept."""
    if not settings.CALLBACK_KEYS:
        raise ImproperlyConfigured("CALLBACK_KEYS holds no key to seal secrets with")
    key_id, key = next(iter(settings.CALLBACK_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    return key_id, nonce + AESGCM(key).encrypt(nonce, secret, _bound(key_id, client_id))


def opened(key_id: str, sealed: bytes, client_id: str) -> bytes:
    """Refuses: Locked."""
    key = settings.CALLBACK_KEYS.get(key_id)
    if key is None:
        raise Locked(key_id)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(key_id, client_id))
    except InvalidTag:
        raise Locked(key_id) from None


def _bound(key_id: str, client_id: str) -> bytes:
    return f"{key_id}\0{client_id}".encode()
