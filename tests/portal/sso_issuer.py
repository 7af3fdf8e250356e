"""An issuer who signs people in, on loopback: it says where it is, takes a code once with its verifier, and gives a signed token."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from pytest_django import Settings

from backoffice.operators import oidc

KEY, STRANGE_KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
CLIENT_ID, CLIENT_SECRET = "desk", "a-secret-of-the-desk"


class SsoIssuer(ThreadingHTTPServer):
    """`says` are claims that go before the true ones; `signed_by` is the key of its tokens."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.codes: dict[str, dict[str, str]] = {}
        self.says: dict[str, Any] = {}
        self.signed_by, self.kid = KEY, "k1"
        self.is_down = False
        self.takes: list[dict[str, str]] = []

    def authorize(self, address: str, **claims: Any) -> dict[str, str]:
        """What the browser brings back once the person has signed in there."""
        asked = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        self.says = claims
        return {"code": code, "state": asked["state"]}

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        true = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "preferred_username": "person",
        }
        whole = {name: value for name, value in (true | self.says).items() if value is not ...}
        return jwt.encode(whole, self.signed_by, algorithm="ES256", headers={"kid": self.kid})


class Asked(BaseHTTPRequestHandler):
    server: SsoIssuer

    def do_GET(self) -> None:
        at = self.server.address
        said: dict[str, Any] = {"keys": [json.loads(jwt.get_algorithm_by_name("ES256").to_jwk(KEY.public_key())) | {"kid": "k1", "use": "sig"}]}
        if self.path == "/.well-known/openid-configuration":
            said = {"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/jwks"}
        self._say(500 if self.server.is_down else 200, said)

    def do_POST(self) -> None:
        given = {name: found[0] for name, found in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        self.server.takes.append(given)
        asked = self.server.codes.pop(given.get("code", ""), None)
        who = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        is_good = asked and who == f"{CLIENT_ID}:{CLIENT_SECRET}" and asked["code_challenge"] == challenge
        if not asked or not is_good or asked["redirect_uri"] != given["redirect_uri"]:
            return self._say(400, {"error": "invalid_grant"})
        return self._say(200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.server.token(asked)})

    def _say(self, status: int, said: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def open_sso(settings: Settings) -> Iterator[SsoIssuer]:
    """Known to this desk."""
    server = SsoIssuer()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = server.address, CLIENT_ID, CLIENT_SECRET
    settings.OIDC_NAME, settings.OIDC_USERNAME_CLAIM = "Example Login", "preferred_username"
    oidc._discovery.cache_clear()
    yield server
    oidc._discovery.cache_clear()
    server.shutdown()
    server.server_close()


def come_in(client: Client, server: SsoIssuer, *, to: str = "/", **claims: Any) -> Any:
    """All the way there and back."""
    off = client.get("/sign-in/issuer/", {"next": to})
    return client.get("/sign-in/issuer/answer/", server.authorize(off.headers["Location"], **claims))
