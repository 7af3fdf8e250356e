"""Reading a token strictly, before and after its signature is checked; nothing here trusts what it reads."""

import base64
import json
import re
from typing import Any, NamedTuple

import jwt

LONGEST = 8_192
LEEWAY_SECONDS = 30
LONGEST_LIFE_SECONDS = 86_400
REQUIRED = ("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "operations")
SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# Each of these lets the token name its own key or change how it is read.
FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"})


class Refused(Exception):
    """Why, for our log; the caller learns only that the token is not good."""


class Claims(NamedTuple):
    subject: str
    jti: str
    issued_at: int
    expires_at: int
    operations: frozenset[str]


def unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, to find the key by. Refuses what no honest issuer writes."""
    if len(token) > LONGEST or not SHAPE.fullmatch(token):
        raise Refused("not three parts of base64url, or too long")
    header, payload = (_object(part) for part in token.split(".")[:2])
    if FORBIDDEN_HEADERS & header.keys():
        raise Refused("a forbidden header")
    if not isinstance(header.get("kid"), str):
        raise Refused("no key id")
    return header, payload


def verified(token: str, key: Any, *, algorithm: str, issuer: str, audience: str, is_own: bool) -> Claims:
    """What the token says, once its signature, issuer, audience and times hold."""
    # PyJWT types the required claims as a list.
    options: Any = {"require": list(REQUIRED), "strict_aud": is_own}
    try:
        payload = jwt.decode(token, key, algorithms=[algorithm], issuer=issuer, audience=audience, leeway=LEEWAY_SECONDS, options=options)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise Refused(type(error).__name__) from None
    times = [payload[name] for name in ("iat", "nbf", "exp")]
    if not all(type(time) is int for time in times):
        raise Refused("a time that is no whole number")
    issued_at, _, expires_at = times
    if expires_at - issued_at > LONGEST_LIFE_SECONDS:
        raise Refused("it lives too long")
    for name in ("sub", "jti"):
        if not isinstance(payload[name], str) or not payload[name].isprintable() or not 0 < len(payload[name]) <= 150:
            raise Refused(f"{name} is not a short text")
    return Claims(payload["sub"], payload["jti"], issued_at, expires_at, _operations(payload["operations"]))


def _operations(claim: Any) -> frozenset[str]:
    """A list of names, or the names in one text with blanks between."""
    if isinstance(claim, str):
        return frozenset(claim.split())
    if isinstance(claim, list) and all(isinstance(name, str) for name in claim):
        return frozenset(claim)
    raise Refused("operations is neither a list of names nor a text")


def _object(part: str) -> dict[str, Any]:
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value = json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("not JSON") from None
    if not isinstance(value, dict):
        raise Refused("not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("a name twice")
    return found


def _no_constant(name: str) -> Any:
    raise Refused(f"{name} is not JSON")
