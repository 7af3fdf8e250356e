"""Secrets of one installation: made on the first start, kept in files only their owner reads."""

import base64
import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def secret_key(directory: Path) -> Path:
    return _made_once(directory / "secret_key", lambda: secrets.token_urlsafe(64))


def jwt_signing_key(directory: Path) -> Path:
    return _made_once(directory / "jwt_signing_key.pem", _es256_key)


def audit_signing_key(directory: Path) -> Path:
    return _made_once(directory / "audit_signing_key.pem", _ed25519_key)


def callback_keys(directory: Path) -> Path:
    return _made_once(directory / "callback_keys", _sealing_key)


def factor_keys(directory: Path) -> Path:
    return _made_once(directory / "factor_keys", _sealing_key)


def postgres_password(directory: Path) -> str:
    return _made_once(directory / "postgres_password", lambda: secrets.token_urlsafe(24)).read_text().strip()


def _sealing_key() -> str:
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _es256_key() -> str:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _ed25519_key() -> str:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _made_once(path: Path, make: Callable[[], str]) -> Path:
    if path.exists():
        return path
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as out:
        out.write(make())
        out.flush()
        os.fsync(out.fileno())
    # A link appears whole or not at all, and never over one another process made meanwhile.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)
    return path
