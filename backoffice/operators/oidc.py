"""Sign-in by another issuer (OpenID Connect): authorization code with PKCE, state and nonce; who it says somebody is, and nothing it may do here.

What the issuer calls a person is bound to its `sub` at the first sign-in: a name that changes hands there opens nobody else's desk.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import jwt
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from backoffice.contracts.errors import FactorNeeded, Invalid, NotFound, Unauthenticated, Unavailable
from backoffice.operators import arrivals, challenges, issued_people, issuers, models, proofs
from backoffice.operators.claims import LEEWAY_SECONDS, Refused

ASKED = "issuer"
PATIENCE_SECONDS = 5
KEPT_SECONDS = 3_600
REST_SECONDS = 60
SCOPE = "openid profile email"
REQUIRED = ["iss", "aud", "sub", "iat", "exp"]
log = logging.getLogger(__name__)


class Place(NamedTuple):
    """Where the issuer is asked, as it says itself."""

    authorize: str
    token: str
    keys: issuers.Keys


class Discovery:
    """Read once an hour. After a failed look nobody looks again for a minute."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.place: Place | None = None
        self.next_look = 0.0

    def read(self) -> Place:
        """Refuses: Unavailable."""
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + REST_SECONDS
            if found := self._look():
                self.place, self.next_look = found, now + KEPT_SECONDS
        if self.place is None:
            raise Unavailable("Whoever signs people in here does not answer. Try again in a minute.")
        return self.place

    def _look(self) -> Place | None:
        try:
            answer = requests.get(f"{self.issuer}/.well-known/openid-configuration", timeout=PATIENCE_SECONDS, allow_redirects=False)
            said = answer.json() if answer.status_code == 200 else {}
            is_whole = said.get("issuer") == self.issuer
            place = Place(_safe(said["authorization_endpoint"]), _safe(said["token_endpoint"]), issuers.Keys(_safe(said["jwks_uri"])))
        except (requests.RequestException, ValueError, KeyError, AttributeError, TypeError) as error:
            log.warning("the issuer's configuration could not be read: %s", type(error).__name__)
            return None
        return place if is_whole else None


def issuer_name() -> str:
    return settings.OIDC_NAME if settings.OIDC_ISSUER else ""


def ask_issuer(*, answer_at: str, is_anew: bool = False) -> tuple[str, str]:
    if not settings.OIDC_ISSUER:
        raise NotFound("Nobody else signs people in here.")
    place = _discovery(settings.OIDC_ISSUER).read()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    # With max_age the issuer must say when it last saw the person prove anything.
    more = {"prompt": "login", "max_age": 0} if is_anew else {"max_age": settings.SESSION_LIFE_SECONDS}
    address, _ = _session(answer_at).create_authorization_url(place.authorize, state=state, code_verifier=verifier, nonce=nonce, **more)
    asked = {"state": state, "nonce": nonce, "verifier": verifier, "answer_at": answer_at}
    return address, challenges.make(ASKED, asked)


def sign_in_by_issuer(asked: str, answer: Mapping[str, str], *, network: str, agent: str) -> tuple[str, int]:
    row = challenges.take(ASKED, asked)
    if row is None or not secrets.compare_digest(answer.get("state", "").encode(), row.asked["state"].encode()):
        raise Unauthenticated("This answer was not asked for, or came too late. Please begin anew.", code="too_late")
    if "code" not in answer or answer.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        log.warning("the issuer signed nobody in: %s", "".join(filter(str.isprintable, answer.get("error", "")))[:60])
        raise Unauthenticated("You were not signed in there.")
    said = _verified(_id_token(row.asked, answer["code"]), row.asked["nonce"])
    operator = _operator(said)
    vouched = _vouches(said)
    if not vouched and proofs.has_factor(operator.pk):
        raise FactorNeeded(challenges.make(arrivals.PENDING, {"version": operator.version}, operator_id=operator.pk))
    return arrivals.admit(operator, network=network, agent=agent, proof="vouched" if vouched else "issuer", proved_at=_proved_at(said))


def _id_token(asked: Mapping[str, Any], code: str) -> str:
    place = _discovery(settings.OIDC_ISSUER).read()
    try:
        token = _session(asked["answer_at"]).fetch_token(place.token, code=code, code_verifier=asked["verifier"])
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        log.warning("the issuer gave no token: %s", type(error).__name__)
        raise Unauthenticated("You were not signed in there.") from None
    found = token.get("id_token")
    return found if isinstance(found, str) else ""


def _verified(token: str, nonce: str) -> dict[str, Any]:
    """Refuses: Unauthenticated. The key decides the algorithm, never the token."""
    place = _discovery(settings.OIDC_ISSUER).read()
    try:
        kid = jwt.get_unverified_header(token).get("kid", "")
        key = issuers.key_of(place.keys, kid)
        said: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[issuers.algorithm_of(key)],
            issuer=settings.OIDC_ISSUER,
            audience=settings.OIDC_CLIENT_ID,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
        is_ours = secrets.compare_digest(str(said.get("nonce", "")).encode(), nonce.encode())
        if not is_ours or said.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
            raise Refused("another nonce or party")
    except (jwt.PyJWTError, Refused, ValueError, TypeError) as error:
        log.warning("the issuer's token was refused: %s", type(error).__name__)
        raise Unauthenticated("You were not signed in there.") from None
    return said


def _operator(said: Mapping[str, Any]) -> models.Operator:
    """Refuses: Unauthenticated, in the same words for whoever is unknown or not active here."""
    try:
        with transaction.atomic():
            row = issued_people.found(said)
    except (IntegrityError, Invalid) as error:
        log.warning("somebody of the issuer has no place here: %s", type(error).__name__)
        row = None
    if row is None or not row.is_active:
        raise Unauthenticated("You are known there, but not at this desk. Ask whoever runs it to let you in.")
    return row


def _vouches(said: Mapping[str, Any]) -> bool:
    methods = said.get("amr")
    shown = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return bool({*shown, str(said.get("acr", ""))} & set(settings.OIDC_FACTOR_VALUES))


def _proved_at(said: Mapping[str, Any]) -> datetime | None:
    """When the person last proved anything to the issuer; None, so never lately, when it does not say, though it must: we always ask for it."""
    at = said.get("auth_time")
    if type(at) is int and 0 < at <= time.time() + LEEWAY_SECONDS:
        return min(datetime.fromtimestamp(at, UTC), timezone.now())
    return None


def _session(answer_at: str) -> Any:
    return OAuth2Session(
        settings.OIDC_CLIENT_ID,
        settings.OIDC_CLIENT_SECRET,
        scope=SCOPE,
        redirect_uri=answer_at,
        code_challenge_method="S256",
        default_timeout=PATIENCE_SECONDS,
    )


def _safe(address: str) -> str:
    if settings.PRODUCTION and not address.startswith("https://"):
        raise ValueError("an address without TLS")
    return address


@cache
def _discovery(issuer: str) -> Discovery:
    return Discovery(issuer)
