"""The keys of our own tokens: one signs, the earlier ones still verify. ES256 only; a key's id is its RFC 7638 thumbprint, cut short."""

import base64
import hashlib
import json
import re
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ALGORITHM = "ES256"
BLOCK = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)


class Keys(NamedTuple):
    signing: EllipticCurvePrivateKey
    signing_id: str
    verifying: dict[str, EllipticCurvePublicKey]


def current() -> Keys:
    return _read(settings.JWT_SIGNING_KEY, settings.JWT_VERIFY_KEYS)


@lru_cache(maxsize=4)
def _read(signing: str, earlier: str) -> Keys:
    private = _key(signing, "JWT_SIGNING_KEY")
    if not isinstance(private, EllipticCurvePrivateKey):
        raise ImproperlyConfigured("JWT_SIGNING_KEY must be a private key")
    public = [_public(private), *(_public(_key(block, "JWT_VERIFY_KEYS")) for block in BLOCK.findall(earlier))]
    return Keys(private, thumbprint(public[0]), {thumbprint(key): key for key in public})


def _key(pem: str, setting: str) -> EllipticCurvePrivateKey | EllipticCurvePublicKey:
    load = (lambda text: load_pem_private_key(text, None)) if "PRIVATE" in pem else load_pem_public_key
    try:
        key = load(pem.encode())
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"{setting} is not a PEM key") from error
    if not isinstance(key, EllipticCurvePrivateKey | EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ImproperlyConfigured(f"{setting} must hold P-256 keys")
    return key


def _public(key: EllipticCurvePrivateKey | EllipticCurvePublicKey) -> EllipticCurvePublicKey:
    return key.public_key() if isinstance(key, EllipticCurvePrivateKey) else key


def thumbprint(key: EllipticCurvePublicKey) -> str:
    numbers = key.public_numbers()
    jwk = {"crv": "P-256", "kty": "EC", "x": _base64(numbers.x.to_bytes(32, "big")), "y": _base64(numbers.y.to_bytes(32, "big"))}
    return _base64(hashlib.sha256(json.dumps(jwk, separators=(",", ":")).encode()).digest())[:16]


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
