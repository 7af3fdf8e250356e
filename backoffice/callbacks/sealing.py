"""Secrets of callbacks at rest: sealed under CALLBACK_KEYS, bound to the client whose secret it is."""

from django.conf import settings

from backoffice.core import sealing
from backoffice.core.sealing import Locked as Locked


def seal(secret: bytes, client_id: str) -> tuple[str, bytes]:
    """The id of the key, and what is kept."""
    return sealing.seal(settings.CALLBACK_KEYS, secret, client_id, setting="CALLBACK_KEYS")


def opened(key_id: str, sealed: bytes, client_id: str) -> bytes:
    """Refuses: Locked."""
    return sealing.opened(settings.CALLBACK_KEYS, key_id, sealed, client_id)
