"""One good token opens the API; every other one is refused in the same words, logged without itself, and asks nobody outside."""

import base64
import hashlib
import hmac
import json
import logging
import socket
import time
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings as configured
from pytest_django import DjangoAssertNumQueries, Settings

from backoffice.contracts.desk import ClientSecret, TokenRequest
from backoffice.contracts.errors import Unauthenticated
from backoffice.operators import keys, models, tokens
from backoffice.services import desk, identity
from tests.operators.conftest import OFFICE, ROOT, TRACE, change_client

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
    """By hand, so that nothing a library would refuse to write stays untested."""
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


@pytest.fixture
def silence(client: ClientSecret, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new connection to anywhere fails; the database's stands already."""

    def refuse(*args: object) -> NoReturn:
        raise AssertionError("this reaches out")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_a_good_token_is_its_client(client: ClientSecret) -> None:
    actor = identity().actor_of_token(issued(client), trace_id=TRACE)
    assert (actor.kind, actor.id, actor.name, actor.door, actor.trace_id) == ("client", client.client_id, "crm", "api", TRACE)
    assert actor.operations == {"manage-markets", "view-common", "own"}


def test_the_token_written_by_hand_in_these_tests_is_good(client: ClientSecret, silence: None) -> None:
    assert identity().actor_of_token(signed(payload(client)), trace_id=TRACE).operations == {"view-common", "own"}


def test_operations_may_come_as_one_text(client: ClientSecret) -> None:
    actor = identity().actor_of_token(signed(payload(client, operations="view-common manage-markets")), trace_id=TRACE)
    assert actor.operations == {"manage-markets", "view-common", "own"}


def test_a_token_only_narrows(client: ClientSecret) -> None:
    claimed = ["view-common", "manage-operators", "no-such-operation"]
    assert identity().actor_of_token(signed(payload(client, operations=claimed)), trace_id=TRACE).operations == {"view-common", "own"}


def test_what_the_client_loses_its_tokens_lose(client: ClientSecret) -> None:
    token = issued(client)
    change_client(client, "view-common")
    assert identity().actor_of_token(token, trace_id=TRACE).operations == {"view-common", "own"}


def end_by_switching_off(client: ClientSecret) -> None:
    models.ApiClient.objects.update(is_active=False)


def end_by_date(client: ClientSecret) -> None:
    desk().api_clients.revoke_tokens(ROOT, client.client_id)


def end_by_new_secret(client: ClientSecret) -> None:
    desk().api_clients.rotate(ROOT, client.client_id)


@pytest.mark.parametrize("end", [end_by_switching_off, end_by_date, end_by_new_secret])
def test_a_client_ends_all_its_tokens(client: ClientSecret, end: Callable[[ClientSecret], None]) -> None:
    token = issued(client)
    identity().actor_of_token(token, trace_id=TRACE)
    end(client)
    tokens.forget()
    with pytest.raises(Unauthenticated):
        identity().actor_of_token(token, trace_id=TRACE)


def test_a_token_issued_right_after_a_revocation_is_good(client: ClientSecret) -> None:
    with time_machine.travel(NOW, tick=False):
        desk().api_clients.revoke_tokens(ROOT, client.client_id)
        token = issued(client)
        assert identity().actor_of_token(token, trace_id=TRACE)
        desk().api_clients.revoke_tokens(ROOT, client.client_id)
        with pytest.raises(Unauthenticated):
            identity().actor_of_token(token, trace_id=TRACE)


def test_one_token_can_be_revoked(client: ClientSecret) -> None:
    one, other = issued(client), issued(client)
    tokens.revoke(tokens.read_own(one))
    assert identity().actor_of_token(other, trace_id=TRACE)
    with pytest.raises(Unauthenticated):
        identity().actor_of_token(one, trace_id=TRACE)


def test_a_revocation_elsewhere_is_known_here_within_five_seconds(client: ClientSecret) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token = issued(client)
        identity().actor_of_token(token, trace_id=TRACE)
        # Another process would do just this and could not clear what this one keeps.
        models.ApiClient.objects.update(is_active=False)
        clock.shift(4.9)
        assert identity().actor_of_token(token, trace_id=TRACE)
        clock.shift(0.2)
        with pytest.raises(Unauthenticated):
            identity().actor_of_token(token, trace_id=TRACE)


def test_nothing_kept_outlives_its_token(client: ClientSecret) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token = issued(client)
        clock.shift(600 + 27)
        identity().actor_of_token(token, trace_id=TRACE)
        clock.shift(4)
        with pytest.raises(Unauthenticated):
            identity().actor_of_token(token, trace_id=TRACE)


def test_a_steady_caller_costs_no_query(client: ClientSecret, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = issued(client)
    with django_assert_num_queries(2):
        identity().actor_of_token(token, trace_id="first")
    with django_assert_num_queries(0):
        assert identity().actor_of_token(token, trace_id="second").trace_id == "second"
    tokens.forget()
    with django_assert_num_queries(1):
        identity().actor_of_token(token, trace_id="third")


def test_the_last_use_is_noted_once_a_minute(client: ClientSecret) -> None:
    assert desk().api_clients.get(ROOT, client.client_id).value.last_used_at is None
    with time_machine.travel(NOW, tick=False) as clock:
        token = issued(client)
        for _ in range(10):
            identity().actor_of_token(token, trace_id=TRACE)
            clock.shift(7)
        last = desk().api_clients.get(ROOT, client.client_id).value.last_used_at
    assert last
    assert last.timestamp() == NOW + 63


def test_an_earlier_key_still_verifies(client: ClientSecret, settings: Settings) -> None:
    token, earlier = issued(client), public_pem().decode()
    new = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.JWT_SIGNING_KEY = new
    with pytest.raises(Unauthenticated):
        identity().actor_of_token(token, trace_id=TRACE)
    settings.JWT_VERIFY_KEYS = new + earlier
    assert identity().actor_of_token(token, trace_id=TRACE)
    assert identity().actor_of_token(issued(client), trace_id=TRACE)


def test_an_issued_token_says_what_the_rfc_wants(client: ClientSecret) -> None:
    token = issued(client, "view-common")
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "at+jwt", "kid": keys.current().signing_id}
    said = jwt.decode(token, public_pem(), algorithms=["ES256"], audience=configured.JWT_AUDIENCE)
    assert set(said) == {"iss", "aud", "sub", "iat", "nbf", "exp", "jti", "operations"}
    assert said["operations"] == ["view-common"]
    assert said["exp"] - said["iat"] == configured.JWT_LIFE_SECONDS <= 600
