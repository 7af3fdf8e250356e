"""Every bad token is refused in the same words, logged without itself, and asks nobody outside."""

import json
import logging
import time
import uuid
from collections.abc import Callable

import pytest

from backoffice.contracts.desk import ClientSecret
from backoffice.contracts.errors import Unauthenticated
from backoffice.operators import keys
from backoffice.services import identity
from tests.operators.conftest import TRACE
from tests.operators.handmade import ES256, by_a_stranger, by_public_key, by_rsa, header_twice, issued, payload, signed, twice, unsigned

NOW = int(time.time())
BAD: dict[str, Callable[[ClientSecret], str]] = {
    **{f"alg {alg}": lambda c, alg=alg: unsigned(c, alg) for alg in ("none", "None", "NONE", "nOnE", "ES256")},  # type: ignore[misc]
    "public key as shared secret": by_public_key,
    "public key as shared secret, no key id": lambda c: by_public_key(c, kid=None),
    "RS256 with an RSA key": by_rsa,
    "alg not in list": lambda c: signed(payload(c), {"alg": "ES384"}),
    "alg a list": lambda c: signed(payload(c), {"alg": ["ES256"]}),
    "another key under our key id": lambda c: by_a_stranger(c, kid=keys.current().signing_id),
    "unknown kid": by_a_stranger,
    "kid a path": lambda c: signed(payload(c), {"kid": "../../../../dev/null"}),
    "kid SQL": lambda c: signed(payload(c), {"kid": "' OR 1=1 --"}),
    "kid a number": lambda c: signed(payload(c), {"kid": 1}),
    "kid missing": lambda c: signed(payload(c), json.dumps(ES256)),
    "jku": lambda c: signed(payload(c), {"jku": "https://keys.example.com/jwks"}),
    "x5u": lambda c: signed(payload(c), {"x5u": "https://keys.example.com/cert"}),
    "jwk": lambda c: by_a_stranger(c, jwk={"kty": "EC"}),
    "x5c": lambda c: signed(payload(c), {"x5c": ["AAAA"]}),
    "crit": lambda c: signed(payload(c), {"crit": ["exp"]}),
    "b64": lambda c: signed(payload(c), {"b64": False}),
    "typ id token": lambda c: signed(payload(c), {"typ": "JWT"}),
    "typ missing": lambda c: signed(payload(c), json.dumps({"alg": "ES256", "kid": keys.current().signing_id})),
    "header not an object": lambda c: signed(payload(c), "[]"),
    "payload not an object": lambda c: signed("[1]"),
    "payload not JSON": lambda c: signed("{"),
    "payload deep": lambda c: signed("[" * 3_000),
    "payload NaN": lambda c: signed(json.dumps(payload(c))[:-1] + ', "x": NaN}'),
    "payload a huge number": lambda c: signed(json.dumps(payload(c))[:-1] + f', "x": {"9" * 5_000}}}'),
    "header claim twice": header_twice,
    **{f"{name} twice": lambda c, name=name: twice(c, name) for name in ("exp", "operations", "sub")},  # type: ignore[misc]
    **{f"no {name}": lambda c, name=name: signed(payload(c, **{name: ...})) for name in payload(ClientSecret(client_id="", client_secret=""))},  # type: ignore[misc]
    "aud wrong": lambda c: signed(payload(c, aud="front-api")),
    "aud a list": lambda c: signed(payload(c, aud=["back-api", "other"])),
    "iss wrong": lambda c: signed(payload(c, iss="elsewhere")),
    "iss a list": lambda c: signed(payload(c, iss=["backoffice"])),
    "exp past": lambda c: signed(payload(c, iat=NOW - 700, nbf=NOW - 700, exp=NOW - 100)),
    "exp year 9999": lambda c: signed(payload(c, exp=253_402_300_799)),
    "exp float": lambda c: signed(payload(c, exp=time.time() + 600)),
    "exp text": lambda c: signed(payload(c, exp=str(NOW + 600))),
    "exp true": lambda c: signed(payload(c, exp=True)),
    "exp null": lambda c: signed(payload(c, exp=None)),
    "exp infinite": lambda c: signed(json.dumps(payload(c, exp=...))[:-1] + ', "exp": 1e999}'),
    "life over a day": lambda c: signed(payload(c, exp=NOW + 90_000)),
    "nbf future": lambda c: signed(payload(c, nbf=int(time.time()) + 120)),
    "iat future": lambda c: signed(payload(c, iat=int(time.time()) + 120)),
    "iat float": lambda c: signed(payload(c, iat=time.time())),
    "sub a number": lambda c: signed(payload(c, sub=7)),
    "sub nobody": lambda c: signed(payload(c, sub=str(uuid.uuid4()))),
    "sub with NUL": lambda c: signed(payload(c, sub="a\0b")),
    "jti a number": lambda c: signed(payload(c, jti=7)),
    "operations nested": lambda c: signed(payload(c, operations=[["view-common"]])),
    "operations an object": lambda c: signed(payload(c, operations={"view-common": True})),
    "empty signature": lambda c: issued(c).rsplit(".", 1)[0] + ".",
    "cut signature": lambda c: issued(c)[:-4],
    "another payload": lambda c: ".".join([*issued(c).split(".")[:1], signed(payload(c)).split(".")[1], issued(c).split(".")[2]]),
    "two tokens": lambda c: f"{issued(c)} {issued(c)}",
    "a token in itself": lambda c: f"{issued(c)}.{issued(c)}",
    "100 kB": lambda c: signed(payload(c, x="x" * 75_000)),
    "just over 8 kB": lambda c: signed(payload(c, x="x" * 6_000)),
    "nothing": lambda _: "",
    "not ASCII": lambda c: issued(c) + "é",
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_token_is_refused_like_any_other(case: str, client: ClientSecret, caplog: pytest.LogCaptureFixture, silence: None) -> None:
    token = BAD[case](client)
    caplog.set_level(logging.INFO)
    with pytest.raises(Unauthenticated, match=r"^A valid Bearer token is needed\.$"):
        identity().actor_of_token(token, trace_id=TRACE)
    [line] = [record for record in caplog.records if record.message.startswith("token refused")]
    assert line.trace_id == TRACE  # type: ignore[attr-defined]
    assert not any(part and part in caplog.text for part in token.split("."))
