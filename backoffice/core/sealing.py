"""Secrets at rest: AES-GCM under a key that the database never sees, bound to whom the secret is of."""

import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12


class Locked(Exception):
    """The secret was sealed under a key that is not among these, or for somebody else."""


def seal(keys: Mapping[str, bytes], secret: bytes, owner: str, *, setting: str) -> tuple[str, bytes]:
    """The id of the key, the first one, and what is kept. `setting` is where the keys come from."""
    if not keys:
        raise ImproperlyConfigured(f"{setting} holds no key to seal secrets with")
    key_id, key = next(iter(keys.items()))
    nonce = os.urandom(NONCE_BYTES)
    return key_id, nonce + AESGCM(key).encrypt(nonce, secret, _bound(key_id, owner))


def opened(keys: Mapping[str, bytes], key_id: str, sealed: bytes, owner: str) -> bytes:
    """Refuses: Locked."""
    key = keys.get(key_id)
    if key is None:
        raise Locked(key_id)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(key_id, owner))
    except InvalidTag:
        raise Locked(key_id) from None


def _bound(key_id: str, owner: str) -> bytes:
    return f"{key_id}\0{owner}".encode()
