"""Standard Webhooks: the id stays over all attempts, the time is of this one, and every secret that is valid signs both with the body."""

import base64
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32


def make() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """As receivers' libraries take it."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def headers(webhook_id: str, body: bytes, valid: Iterable[bytes], *, at: datetime) -> dict[str, str]:
    at = at.astimezone(UTC)
    text = body.decode()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(webhook_id, at, text) for secret in valid),
    }
