"""Tokens of another issuer: its keys are read from the one configured address, rarely, and it can hand out no more than its ceiling."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django import Settings

from backoffice.contracts.errors import Unauthenticated
from backoffice.operators import issuers, models
from backoffice.services import identity
from tests.operators.another_issuer import ISSUER, KEYS, KeyServer, jwk, open_issuer, token
from tests.operators.conftest import TRACE

SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)


@pytest.fixture
def issuer(db: None, settings: Settings) -> Iterator[KeyServer]:
    with open_issuer(settings, ["view-common", "manage-markets", "no-such-operation"]) as server:
        yield server


def is_refused(text: str) -> bool:
    try:
        identity().actor_of_token(text, trace_id=TRACE)
    except Unauthenticated:
        return True
    return False


@pytest.mark.parametrize("alg", KEYS)
def test_a_good_token_is_its_issuers_client(issuer: KeyServer, alg: str) -> None:
    actor = identity().actor_of_token(token(alg, operations="view-common manage-operators no-such-operation"), trace_id=TRACE)
    assert (actor.kind, actor.id, actor.name, actor.user_id) == ("client", f"{ISSUER}|crm-7", "crm-7", "crm-7")
    assert actor.operations == {"view-common", "own"}


def test_its_keys_are_read_once(issuer: KeyServer) -> None:
    for alg in KEYS:
        identity().actor_of_token(token(alg), trace_id=TRACE)
    assert issuer.looks == 1


def test_unknown_key_ids_cause_no_flood_of_looks(issuer: KeyServer) -> None:
    identity().actor_of_token(token(), trace_id=TRACE)
    assert all(is_refused(token(kid=f"unknown-{number}")) for number in range(50))
    assert issuer.looks == 1


def test_an_issuer_that_is_down_is_asked_once_a_minute(issuer: KeyServer) -> None:
    issuer.is_down = True
    assert all(is_refused(token()) for _ in range(20))
    assert issuer.looks == 1
    issuer.is_down = False
    issuers.configured()[ISSUER].keys.resting_until = 0.0
    assert not is_refused(token())


@pytest.mark.parametrize(
    "bad",
    [
        {"iss": "https://elsewhere.example.com"},
        {"iss": "backoffice"},
        {"aud": "another"},
        {"exp": 1},
        {"sub": ""},
        {"sub": "x" * 290},
        {"sub": "a\0b"},
        {"operations": None},
        {"operations": 7},
    ],
)
def test_wrong_claims_are_refused(issuer: KeyServer, bad: dict[str, Any]) -> None:
    assert is_refused(token(**bad))


def test_an_id_token_is_no_access_token(issuer: KeyServer) -> None:
    assert is_refused(token(typ="id+jwt"))
    claims = jwt.decode(token(), options={"verify_signature": False})
    del claims["operations"]
    assert is_refused(jwt.encode(claims, KEYS["ES256"], algorithm="ES256", headers={"kid": "ES256"}))


def test_the_key_decides_the_algorithm(issuer: KeyServer) -> None:
    issuer.published.append({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "kid": "shared", "alg": "HS256"})
    issuer.published.append(jwk("RS256", SHORT, "short"))
    assert is_refused(token("HS256", key="secret-secret-secret-secret-secret", kid="shared"))
    assert is_refused(token("RS256", key=KEYS["RS256"], kid="ES256"))
    assert is_refused(token("PS256", key=KEYS["RS256"], kid="RS256"))
    assert not is_refused(token("RS256"))


def test_a_single_token_can_be_revoked(issuer: KeyServer) -> None:
    models.RevokedToken.objects.create(jti="theirs", expires_at="2099-01-01T00:00:00Z")
    assert is_refused(token(jti="theirs"))


def test_a_job_of_its_client_acts_with_the_ceiling(issuer: KeyServer) -> None:
    actor = identity().actor_now("client", f"{ISSUER}|crm-7", trace_id=TRACE)
    assert actor
    assert actor.operations == {"view-common", "manage-markets", "own"}
    assert identity().actor_now("client", "https://elsewhere.example.com|crm-7", trace_id=TRACE) is None
