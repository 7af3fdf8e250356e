"""API tokens, issued and verified.

Rights are read from the database; what a token says only narrows them. A verdict is kept in this process for up to five
seconds, which is how long a revoked token may still work elsewhere.
"""

import logging
import threading
import time
import uuid
from datetime import timedelta
from typing import Any, NamedTuple, NoReturn

import jwt
import msgspec
from django.conf import settings
from django.db.models import Exists
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Unauthenticated
from backoffice.operators import claims, issuers, keys, rights
from backoffice.operators.models import ApiClient, RevokedToken

TYPE = "at+jwt"
KEPT_SECONDS = 5.0
MOST_KEPT = 10_000
USE_NOTED = timedelta(minutes=1)
log = logging.getLogger(__name__)


class Verdict(NamedTuple):
    actor: Actor
    until: float


_verdicts: dict[str, Verdict] = {}
_lock = threading.Lock()


def make(client: ApiClient, operations: list[str], *, seconds: int) -> str:
    """A token for the client; the caller has checked the operations."""
    now = int(time.time())
    # Tokens revoked in this very second are over from the next one on, so this one starts there.
    issued_at = max(now, int(client.tokens_valid_from.timestamp())) if client.tokens_valid_from else now
    payload = {
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
        "sub": client.id,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + seconds,
        "jti": str(uuid.uuid4()),
        "operations": sorted(operations),
    }
    ours = keys.current()
    return jwt.encode(payload, ours.signing, algorithm=keys.ALGORITHM, headers={"typ": TYPE, "kid": ours.signing_id})


def actor_of(token: str, *, trace_id: str) -> Actor:
    """Refuses: Unauthenticated."""
    now = time.time()
    known = _verdicts.get(token)
    # Both bounds: a clock that was set back must not prolong a verdict.
    if known is not None and 0 < known.until - now <= KEPT_SECONDS:
        return msgspec.structs.replace(known.actor, trace_id=trace_id)
    try:
        actor, said = _judged(token)
    except claims.Refused as reason:
        _refuse(str(reason), trace_id)
    _keep(token, Verdict(actor, min(now + KEPT_SECONDS, said.expires_at + claims.LEEWAY_SECONDS)))
    return msgspec.structs.replace(actor, trace_id=trace_id)


def forget() -> None:
    """Ask again for every token: rights or keys have changed."""
    with _lock:
        _verdicts.clear()


def revoke(said: claims.Claims) -> None:
    """End one token. What is kept of earlier ones goes when they would have expired anyway."""
    now = timezone.now()
    expires_at = now + timedelta(seconds=claims.LONGEST_LIFE_SECONDS + claims.LEEWAY_SECONDS)
    RevokedToken.objects.filter(expires_at__lt=now).delete()
    RevokedToken.objects.get_or_create(jti=said.jti, defaults={"expires_at": expires_at})
    forget()


def read_own(token: str) -> claims.Claims:
    """What one of our own tokens says, whether or not it was revoked. Refuses: claims.Refused."""
    header, payload = claims.unverified(token)
    if payload.get("iss") != settings.JWT_ISSUER:
        raise claims.Refused("an unknown issuer")
    return _own(token, header)


def _judged(token: str) -> tuple[Actor, claims.Claims]:
    header, payload = claims.unverified(token)
    if payload.get("iss") != settings.JWT_ISSUER:
        actor, said = issuers.actor_of(token, header, payload)
        if RevokedToken.objects.filter(jti=said.jti).exists():
            raise claims.Refused("revoked")
        return actor, said
    said = _own(token, header)
    client = _client(said)
    held = rights.held(said.operations.intersection(client.operations))
    scopes = rights.scopes([rights.Grant(client.operations, client.scope)])
    return Actor(kind="client", id=client.id, name=client.name, door="api", operations=held, scopes=scopes), said


def _own(token: str, header: dict[str, Any]) -> claims.Claims:
    if header.get("typ") != TYPE:
        raise claims.Refused("not an access token")
    key = keys.current().verifying.get(header["kid"])
    if key is None:
        raise claims.Refused("an unknown key")
    return claims.verified(token, key, algorithm=keys.ALGORITHM, issuer=settings.JWT_ISSUER, audience=settings.JWT_AUDIENCE, is_own=True)


def _client(said: claims.Claims) -> ApiClient:
    revoked = Exists(RevokedToken.objects.filter(jti=said.jti))
    client = ApiClient.objects.filter(~revoked, pk=said.subject, is_active=True).first()
    if client is None:
        raise claims.Refused("revoked, or its client is not active")
    if client.tokens_valid_from and said.issued_at < client.tokens_valid_from.timestamp():
        raise claims.Refused("issued before its client's tokens were revoked")
    now = timezone.now()
    if client.last_used_at is None or now - client.last_used_at >= USE_NOTED:
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=now)
    return client


def _keep(token: str, verdict: Verdict) -> None:
    with _lock:
        _verdicts.pop(token, None)
        if len(_verdicts) >= MOST_KEPT:
            del _verdicts[next(iter(_verdicts))]
        _verdicts[token] = verdict


def _refuse(reason: str, trace_id: str) -> NoReturn:
    """Logged without the token, which may be a good one for somebody else."""
    log.warning("token refused: %s", reason, extra={"trace_id": trace_id})
    raise Unauthenticated("A valid Bearer token is needed.")
