"""Heads: the end of the chain, signed with a key that the database does not know, and told to the outside before anybody could change it."""

import base64
import os
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from backoffice.chain import models
from backoffice.contracts import wire
from backoffice.contracts.audit_chain import ChainHead
from backoffice.contracts.errors import Unavailable
from backoffice.core import arming

EVERY = timedelta(hours=1)
FILE = "heads.jsonl"


def folder() -> Path:
    return settings.DATA_DIR / "audit-heads"


def export() -> ChainHead | None:
    """In the file first: a head of the table alone proves nothing. Exporting the same end again adds nothing."""
    last = models.Link.objects.order_by("-number").first()
    if last is None:
        return None
    known = models.Head.objects.filter(pk=last.number).first()
    if known is not None:
        return value(known)
    head = _signed(last.number, bytes(last.hash).hex(), timezone.now())
    _append(wire.encode(head) + b"\n")
    models.Head.objects.create(number=head.number, hash=bytes(last.hash), at=head.at, signature=head.signature, key=head.key)
    return head


def export_due() -> bool:
    if models.Head.objects.filter(at__gt=timezone.now() - EVERY).exists():
        return False
    return export() is not None


def mail() -> int:
    """Several at once where mail was away. Refuses: Unavailable."""
    rows = list(models.Head.objects.filter(mailed_at=None).order_by("number"))
    if not rows or not settings.AUDIT_HEADS_TO or not arming.is_armed():
        return 0
    lines = b"\n".join(wire.encode(value(row)) for row in rows).decode()
    words = "The end of the audit trail's chain. Keep this mail where nobody of the desk can change it: verify_audit --heads reads these lines.\n\n"
    try:
        EmailMessage(f"Audit trail: head {rows[-1].number}", words + lines + "\n", settings.DEFAULT_FROM_EMAIL, settings.AUDIT_HEADS_TO).send()
    except OSError as error:
        raise Unavailable("The mail server does not take it; the next hour tries again.") from error
    return models.Head.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=timezone.now())


def value(row: models.Head) -> ChainHead:
    return ChainHead(number=row.number, hash=bytes(row.hash).hex(), at=row.at, signature=row.signature, key=row.key)


def public_keys() -> list[str]:
    """Base64: this desk's own and its earlier ones; none where heads are not signed."""
    key = _private_key()
    return [_public(key.public_key()), *settings.AUDIT_VERIFY_KEYS] if key else []


def is_signed(head: ChainHead, keys: Collection[str]) -> bool:
    """By one of these keys, and not merely by the one that it names itself."""
    if head.key not in keys:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(head.key))
        key.verify(base64.b64decode(head.signature), _told(head.number, head.hash, head.at))
    except (InvalidSignature, ValueError):
        return False
    return True


def read(lines: Sequence[str]) -> Iterator[ChainHead]:
    """Whatever is around them, as in a mail. Refuses: msgspec.DecodeError."""
    return (msgspec.json.decode(line.strip(), type=ChainHead) for line in lines if line.strip().startswith("{"))


def _signed(number: int, hash: str, at: datetime) -> ChainHead:
    key = _private_key()
    if key is None:
        return ChainHead(number=number, hash=hash, at=at, signature="", key="")
    signature = base64.b64encode(key.sign(_told(number, hash, at))).decode()
    return ChainHead(number=number, hash=hash, at=at, signature=signature, key=_public(key.public_key()))


def _told(number: int, hash: str, at: datetime) -> bytes:
    return f"audit-head {number} {hash} {at.astimezone(UTC).isoformat(timespec='microseconds')}".encode()


def _private_key() -> Ed25519PrivateKey | None:
    if not settings.AUDIT_SIGNING_KEY:
        return None
    key = load_pem_private_key(settings.AUDIT_SIGNING_KEY.encode(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def _public(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _append(line: bytes) -> None:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder() / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)
