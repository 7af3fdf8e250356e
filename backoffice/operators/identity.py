"""Who is there: sign-ins of people, tokens of programs, and the actor that a job works for."""

import logging
import re
from collections.abc import Collection
from datetime import timedelta

import msgspec
from django.conf import settings
from django.utils import timezone

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Token, TokenRequest
from backoffice.contracts.errors import Unauthenticated
from backoffice.operators import arrivals, brakes, issuers, models, owing, rights, rules, secret, sign_ins, tokens, use
from backoffice.operators.arrivals import ask_passkey as ask_passkey
from backoffice.operators.arrivals import confirm as confirm
from backoffice.operators.arrivals import finish_sign_in as finish_sign_in
from backoffice.operators.arrivals import sign_in as sign_in
from backoffice.operators.arrivals import sign_in_by_passkey as sign_in_by_passkey
from backoffice.operators.arrivals import sign_out as sign_out
from backoffice.operators.arrivals import takes_passwords as takes_passwords
from backoffice.operators.arrivals import ways_to_confirm as ways_to_confirm
from backoffice.operators.oidc import ask_issuer as ask_issuer
from backoffice.operators.oidc import issuer_name as issuer_name
from backoffice.operators.oidc import sign_in_by_issuer as sign_in_by_issuer

SEEN_NOTED = timedelta(minutes=1)
CLIENT_ID = re.compile(r"[0-9a-f-]{36}")
log = logging.getLogger(__name__)


def actor_of_sign_in(sign_in_id: str, *, trace_id: str, is_seen: bool = True) -> Actor | None:
    now = timezone.now()
    rows = sign_ins.live(now).filter(pk=sign_in_id).annotate(held=rights.of_roles("operator_id"), limits=rights.limits_of_roles("operator_id"))
    found = rows.values_list("operator_id", "operator__name", "held", "limits", "seen_at", "proof", "confirmed_at").first()
    if found is None:
        return None
    id, name, held, limits, seen_at, proof, confirmed_at = found
    if is_seen and now - seen_at >= SEEN_NOTED:
        models.SignIn.objects.filter(pk=sign_in_id, ended_at=None).update(seen_at=now)
    owes = owing.is_owed(frozenset(held), proof)
    may = frozenset({operations.OWN}) if owes else rights.held(held)
    told = Actor(kind="operator", id=id, name=name, door="portal", operations=may, scopes=rights.scopes_by(limits), trace_id=trace_id)
    return msgspec.structs.replace(told, confirmed_at=confirmed_at, owes_factor=owes)


def live_sign_ins(ids: Collection[str]) -> set[str]:
    return set(sign_ins.live(timezone.now()).filter(pk__in=ids).values_list("pk", flat=True))


def issue_token(request: TokenRequest, *, network: str) -> Token:
    """Refuses also: Invalid, when it asks for operations that the client does not hold."""
    limits = [
        brakes.limit("token", request.client_id, arrivals.place_of(network), most=10),
        brakes.limit("token network", arrivals.place_of(network), most=100),
    ]
    brakes.check(limits)
    is_id = CLIENT_ID.fullmatch(request.client_id)
    client = models.ApiClient.objects.filter(pk=request.client_id, is_active=True).first() if is_id else None
    if not secret.opens(request.client_secret, client) or client is None:
        brakes.take(limits)
        log.warning("token request refused from %s", arrivals.place_of(network))
        raise Unauthenticated("The client id or the client secret is wrong.")
    asked = client.operations if request.operations is None else request.operations
    beyond = [f"the client does not hold {name[:60]}" for name in asked if name not in client.operations]
    rules.refuse("The token cannot carry this.", {"operations": beyond})
    seconds = settings.JWT_LIFE_SECONDS
    models.ApiClient.objects.filter(pk=client.pk).update(last_token_at=timezone.now())
    return Token(access_token=tokens.make(client, sorted(set(asked)), seconds=seconds), token_type="Bearer", expires_in=seconds)  # noqa: S106  a scheme, not a secret


def count_use(client_id: str, *, is_refused: bool) -> None:
    use.count(client_id, is_refused=is_refused)


def actor_of_token(token: str, *, trace_id: str) -> Actor:
    return tokens.actor_of(token, trace_id=trace_id)


def actor_now(kind: str, id: str, *, trace_id: str) -> Actor | None:
    """Of somebody whom another issuer vouches for, we know no more than what that issuer may hand out."""
    if kind == "operator":
        return _operator_now(id, trace_id)
    if kind == "system":
        return Actor(kind="system", id=id, name=id, door="job", operations=rights.EVERYTHING, trace_id=trace_id)
    issuer, _, subject = id.partition("|")
    if subject:
        known = issuers.configured().get(issuer)
        held = rights.held(known.ceiling) if known else frozenset[str]()
        return Actor(kind="client", id=id, name=subject, door="job", operations=held, trace_id=trace_id) if known else None
    client = models.ApiClient.objects.filter(pk=id, is_active=True).first()
    if client is None:
        return None
    may, scopes = rights.held(client.operations), rights.scopes([rights.Grant(client.operations, client.scope)])
    return Actor(kind="client", id=id, name=client.name, door="job", operations=may, scopes=scopes, trace_id=trace_id)


def _operator_now(id: str, trace_id: str) -> Actor | None:
    held = models.Operator.objects.filter(pk=id, is_active=True).annotate(held=rights.of_roles("pk"), limits=rights.limits_of_roles("pk"))
    found = held.values_list("name", "held", "limits").first()
    if found is None:
        return None
    name, may, limits = found
    return Actor(kind="operator", id=id, name=name, door="job", operations=rights.held(may), scopes=rights.scopes_by(limits), trace_id=trace_id)
