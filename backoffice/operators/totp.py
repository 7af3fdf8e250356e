"""Codes of authenticator apps (RFC 6238): six digits every thirty seconds, out of a seed that is sealed at rest."""

import hmac
import os
import re
import time
from base64 import b32encode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.utils import timezone

from backoffice.core import sealing
from backoffice.operators.models import Authenticator

STEP_SECONDS = 30
DIGITS = 6
# A clock may be half a minute off, and people type slowly.
DRIFT = 1
SEED_BYTES = 20
ISSUER = "Meridian"
SHAPE = re.compile(r"[0-9]{6}")


def new_seed() -> bytes:
    return os.urandom(SEED_BYTES)


def sealed(seed: bytes, operator_id: str) -> tuple[str, bytes]:
    return sealing.seal(settings.FACTOR_KEYS, seed, f"authenticator {operator_id}", setting="FACTOR_KEYS")


def opened(key_id: str, kept: bytes, operator_id: str) -> bytes:
    """Refuses: sealing.Locked."""
    return sealing.opened(settings.FACTOR_KEYS, key_id, kept, f"authenticator {operator_id}")


def typed(seed: bytes) -> str:
    """As people type it into an app that cannot see the QR code."""
    text = b32encode(seed).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(seed: bytes, username: str) -> str:
    return _codes(seed).get_provisioning_uri(username, ISSUER)


def code_at(seed: bytes, step: int) -> str:
    return _codes(seed).generate(step * STEP_SECONDS).decode()


def step_of(seed: bytes, code: str) -> int | None:
    """The time step whose code this is, of those around now."""
    if not SHAPE.fullmatch(code):
        return None
    now = int(time.time()) // STEP_SECONDS
    near = [step for step in range(now - DRIFT, now + DRIFT + 1) if hmac.compare_digest(code_at(seed, step), code)]
    return near[-1] if near else None


def take(row: Authenticator, code: str) -> bool:
    """Each code counts once, and so do those before it: of two at the same moment one moves the step on."""
    step = step_of(opened(row.key_id, bytes(row.sealed_seed), row.operator_id), code)
    if step is None:
        return False
    later = Authenticator.objects.filter(pk=row.pk, last_step__lt=step)
    return bool(later.update(last_step=step, last_used_at=timezone.now()))


def _codes(seed: bytes) -> TOTP:
    # SHA-1 is what every app understands; as a keyed hash over a counter nothing is known against it.
    return TOTP(seed, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  see above
