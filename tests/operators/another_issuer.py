"""Another issuer of tokens: where it shows its keys, and the tokens it signs."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pytest_django import Settings

from backoffice.operators import issuers

ISSUER = "https://login.example.com/realms/broker"
KEYS: dict[str, Any] = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


class KeyServer(ThreadingHTTPServer):
    """Where an issuer shows its public keys; it counts who looks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Looked)
        self.published = [jwk(alg, key) for alg, key in KEYS.items()]
        self.looks = 0
        self.is_down = False


class Looked(BaseHTTPRequestHandler):
    server: KeyServer

    def do_GET(self) -> None:
        self.server.looks += 1
        self.send_response(500 if self.server.is_down else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": self.server.published}).encode())

    def log_message(self, *args: Any) -> None:
        pass


def jwk(alg: str, key: Any, kid: str | None = None) -> dict[str, Any]:
    return json.loads(jwt.get_algorithm_by_name(alg).to_jwk(key.public_key())) | {"kid": kid or alg, "use": "sig"}


def token(alg: str = "ES256", *, key: Any = None, kid: str | None = None, typ: str = "JWT", **claims: Any) -> str:
    now = int(time.time())
    payload = {"iss": ISSUER, "aud": ["desk", "account"], "sub": "crm-7", "iat": now, "nbf": now, "exp": now + 300, "jti": str(uuid.uuid4())}
    whole = payload | {"operations": ["view-common"]} | claims
    return jwt.encode(whole, key or KEYS[alg], algorithm=alg, headers={"kid": kid or alg, "typ": typ})


@contextmanager
def open_issuer(settings: Settings, operations: list[str]) -> Iterator[KeyServer]:
    """Known to this desk, for callers with up to these operations."""
    server = KeyServer()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/jwks"
    settings.JWT_ISSUERS = [{"issuer": ISSUER, "audience": "desk", "jwksUrl": url, "operations": operations}]
    issuers.configured.cache_clear()
    yield server
    issuers.configured.cache_clear()
    server.shutdown()
    server.server_close()
