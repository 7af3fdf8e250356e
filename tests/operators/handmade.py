"""Tokens written by hand, so that nothing a library would refuse to write stays untested."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backoffice.contracts.desk import ClientSecret, TokenRequest
from backoffice.operators import keys
from backoffice.services import identity
from tests.operators.conftest import OFFICE

ES256 = {"alg": "ES256", "typ": "at+jwt"}


def issued(client: ClientSecret, *operations: str) -> str:
    request = TokenRequest(client_id=client.client_id, client_secret=client.client_secret, operations=list(operations) or None)
    return identity().issue_token(request, network=OFFICE).access_token


def payload(client: ClientSecret, **claims: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {"iss": "backoffice", "aud": "back-api", "sub": client.client_id, "iat": now, "nbf": now, "exp": now + 600}
    whole = good | {"jti": str(uuid.uuid4()), "operations": ["view-common"]} | claims
    return {name: value for name, value in whole.items() if value is not ...}


def signed(claims: dict[str, Any] | str, header: dict[str, Any] | str | None = None, key: Any = None) -> str:
    ours = keys.current()
    full = header if isinstance(header, str) else json.dumps(ES256 | {"kid": ours.signing_id} | (header or {}))
    body = claims if isinstance(claims, str) else json.dumps(claims)
    signing_input = f"{_b64(full.encode())}.{_b64(body.encode())}"
    signature = jwt.get_algorithm_by_name("ES256").sign(signing_input.encode(), key or ours.signing)
    return f"{signing_input}.{_b64(signature)}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(client: ClientSecret, alg: str) -> str:
    return signed(payload(client), {"alg": alg}).rsplit(".", 1)[0] + "."


def public_pem() -> bytes:
    return keys.current().signing.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def by_public_key(client: ClientSecret, **header: Any) -> str:
    start = signed(payload(client), {"alg": "HS256", **header}).rsplit(".", 1)[0]
    return f"{start}.{_b64(hmac.new(public_pem(), start.encode(), hashlib.sha256).digest())}"


def by_rsa(client: ClientSecret) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(payload(client), key, algorithm="RS256", headers={"typ": "at+jwt", "kid": keys.current().signing_id})


def by_a_stranger(client: ClientSecret, **header: Any) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return signed(payload(client), {"kid": keys.thumbprint(key.public_key()), **header}, key)


def twice(client: ClientSecret, name: str) -> str:
    body = json.dumps(payload(client))
    return signed(body[:-1] + f', "{name}": {json.dumps(payload(client)[name])}}}')


def header_twice(client: ClientSecret) -> str:
    return signed(payload(client), f'{{"alg": "none", "alg": "ES256", "typ": "at+jwt", "kid": "{keys.current().signing_id}"}}')
