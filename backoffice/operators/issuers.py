"""Tokens of other issuers: their keys come from the one address in the settings, and a token never causes a second look within a minute."""

import time
from functools import cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from jwt import PyJWKClient, PyJWTError

from backoffice.contracts.actor import Actor
from backoffice.operators import claims, rights

TYPES = ("at+jwt", "jwt")
SHORTEST_RSA_BITS = 2_048
REST_SECONDS = 60
LONGEST_ID = 300


class Keys(PyJWKClient):
    """An issuer's keys. After a failed look nobody looks again for a minute, and nobody waits for it longer than three seconds."""

    def __init__(self, url: str) -> None:
        super().__init__(url, cache_keys=False, lifespan=300, timeout=3, cooldown_duration=REST_SECONDS)
        self.resting_until = 0.0

    def fetch_data(self) -> Any:
        if time.monotonic() < self.resting_until:
            raise claims.Refused("the issuer's keys could not be read a moment ago")
        # Set first: whatever goes wrong below, the next look is a minute away.
        self.resting_until = time.monotonic() + REST_SECONDS
        fetched = super().fetch_data()
        self.resting_until = 0.0
        return fetched


class Issuer(NamedTuple):
    audience: str
    ceiling: frozenset[str]
    keys: Keys


@cache
def configured() -> dict[str, Issuer]:
    return {
        record["issuer"]: Issuer(record["audience"], frozenset(record["operations"]) & rights.EVERYTHING, Keys(record["jwksUrl"]))
        for record in settings.JWT_ISSUERS
    }


def actor_of(token: str, header: dict[str, Any], payload: dict[str, Any]) -> tuple[Actor, claims.Claims]:
    """Refuses: claims.Refused."""
    name = payload.get("iss")
    issuer = configured().get(name) if isinstance(name, str) else None
    if issuer is None or not isinstance(name, str):
        raise claims.Refused("an unknown issuer")
    if str(header.get("typ", "jwt")).lower() not in TYPES:
        raise claims.Refused("not an access token")
    key = key_of(issuer.keys, header["kid"])
    said = claims.verified(token, key, algorithm=algorithm_of(key), issuer=name, audience=issuer.audience, is_own=False)
    id = f"{name}|{said.subject}"
    if len(id) > LONGEST_ID:
        raise claims.Refused("issuer and subject are too long")
    held = rights.held(said.operations & issuer.ceiling)
    return Actor(kind="client", id=id, name=said.subject, door="api", operations=held, user_id=said.subject), said


def key_of(keys: Keys, kid: str) -> Any:
    """Refuses: claims.Refused."""
    try:
        return keys.get_signing_key(kid).key
    except (PyJWTError, ValueError) as error:
        raise claims.Refused(type(error).__name__) from None


def algorithm_of(key: Any) -> str:
    """The key decides, never the token. Refuses: claims.Refused."""
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ES256"
    if isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_RSA_BITS:
        return "RS256"
    if isinstance(key, Ed25519PublicKey):
        return "EdDSA"
    raise claims.Refused("a key of another kind")
