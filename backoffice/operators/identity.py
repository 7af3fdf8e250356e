"""Who is there: sign-ins of people, tokens of programs, and the actor that a job works for."""

import ipaddress
import logging
import re
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from django.db import transaction
from django.utils import timezone

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Token, TokenRequest
from backoffice.contracts.errors import Unauthenticated
from backoffice.core import audit
from backoffice.operators import brakes, issuers, models, rights, rules, secret, sign_ins, tokens

SEEN_NOTED = timedelta(minutes=1)
KNOWN_NETWORK = timedelta(days=90)
CLIENT_ID = re.compile(r"[0-9a-f-]{36}")
log = logging.getLogger(__name__)


def sign_in(username: str, password: str, *, network: str, agent: str) -> tuple[str, int]:
    name = username.strip().lower()
    place = _place(network)
    now = timezone.now()
    pair = brakes.limit("sign-in", name, place, most=10)
    limits = [pair, brakes.limit("sign-in network", place, most=100)]
    # Else a stranger who fails on purpose would lock the person out of the desk they always sit at.
    if not models.SignIn.objects.filter(operator__username=_searchable(name), network=network[:64], started_at__gt=now - KNOWN_NETWORK).exists():
        limits.append(brakes.limit("sign-in name", name, most=20, is_growing=True))
    mark = brakes.take(limits)
    row = models.Operator.objects.filter(username=_searchable(name), is_active=True).first()
    if not _is_right(row, password) or row is None:
        log.warning("sign-in refused from %s", place)
        raise Unauthenticated("The username or the password is wrong.")
    brakes.give_back(limits, mark)
    brakes.clear(pair)
    return _open(row, network=network[:64], agent="".join(filter(str.isprintable, agent))[:200]), settings.SESSION_LIFE_SECONDS


def actor_of_sign_in(sign_in_id: str, *, trace_id: str) -> Actor | None:
    now = timezone.now()
    rows = sign_ins.live(now).filter(pk=sign_in_id).annotate(held=rights.of_roles("operator_id"))
    found = rows.values_list("operator_id", "operator__name", "held", "seen_at").first()
    if found is None:
        return None
    id, name, held, seen_at = found
    if now - seen_at >= SEEN_NOTED:
        models.SignIn.objects.filter(pk=sign_in_id, ended_at=None).update(seen_at=now)
    return Actor(kind="operator", id=id, name=name, door="portal", operations=rights.held(held), trace_id=trace_id)


def sign_out(sign_in_id: str) -> None:
    row = models.SignIn.objects.select_related("operator").filter(pk=sign_in_id, ended_at=None).first()
    if row:
        with transaction.atomic():
            sign_ins.end(audit.open_record(_recorded(row.operator), "identity.sign_out"), models.SignIn.objects.filter(pk=row.pk))


def issue_token(request: TokenRequest, *, network: str) -> Token:
    """Refuses also: Invalid, when it asks for operations that the client does not hold."""
    limits = [brakes.limit("token", request.client_id, _place(network), most=10), brakes.limit("token network", _place(network), most=100)]
    brakes.check(limits)
    is_id = CLIENT_ID.fullmatch(request.client_id)
    client = models.ApiClient.objects.filter(pk=request.client_id, is_active=True).first() if is_id else None
    if not secret.matches(request.client_secret, client.secret_hash if client else "") or client is None:
        brakes.take(limits)
        log.warning("token request refused from %s", _place(network))
        raise Unauthenticated("The client id or the client secret is wrong.")
    asked = client.operations if request.operations is None else request.operations
    beyond = [f"the client does not hold {name[:60]}" for name in asked if name not in client.operations]
    rules.refuse("The token cannot carry this.", {"operations": beyond})
    seconds = settings.JWT_LIFE_SECONDS
    return Token(access_token=tokens.make(client, sorted(set(asked)), seconds=seconds), token_type="Bearer", expires_in=seconds)  # noqa: S106  a scheme, not a secret


def actor_of_token(token: str, *, trace_id: str) -> Actor:
    return tokens.actor_of(token, trace_id=trace_id)


def actor_now(kind: str, id: str, *, trace_id: str) -> Actor | None:
    """Of somebody whom another issuer vouches for, we know no more than what that issuer may hand out."""
    if kind == "operator":
        person = models.Operator.objects.filter(pk=id, is_active=True).annotate(held=rights.of_roles("pk")).values_list("name", "held").first()
        return Actor(kind="operator", id=id, name=person[0], door="job", operations=rights.held(person[1]), trace_id=trace_id) if person else None
    if kind == "system":
        return Actor(kind="system", id=id, name=id, door="job", operations=rights.EVERYTHING, trace_id=trace_id)
    issuer, _, subject = id.partition("|")
    if subject:
        known = issuers.configured().get(issuer)
        held = rights.held(known.ceiling) if known else frozenset[str]()
        return Actor(kind="client", id=id, name=subject, door="job", operations=held, trace_id=trace_id) if known else None
    client = models.ApiClient.objects.filter(pk=id, is_active=True).first()
    return Actor(kind="client", id=id, name=client.name, door="job", operations=rights.held(client.operations), trace_id=trace_id) if client else None


def _open(row: models.Operator, *, network: str, agent: str) -> str:
    now = timezone.now()
    with transaction.atomic():
        actor = audit.open_record(_recorded(row), "identity.sign_in")
        opened = models.SignIn.objects.create(operator=row, network=network, agent=agent, started_at=now, seen_at=now)
        models.Operator.objects.filter(pk=row.pk).update(last_sign_in_at=now)
        audit.changed(actor, "sign_in", opened.id, {}, {"operator": row.username, "network": network, "agent": agent})
    return str(opened.id)


def _recorded(row: models.Operator) -> Actor:
    return Actor(kind="operator", id=row.id, name=row.name, door="portal", operations=frozenset({operations.OWN}))


def _is_right(row: models.Operator | None, password: str) -> bool:
    """The same work whether or not there is such a person."""
    # Asked for even when there is a row: the first call in a process makes this hash, and must not tell who exists.
    nobodys = _nobodys_password(get_hasher().algorithm)
    is_possible = rules.is_possible_password(password)
    tried = password if is_possible else ""
    return (row.check_password(tried) if row else check_password(tried, nobodys)) and is_possible


@cache
def _nobodys_password(hasher: str) -> str:
    return make_password("there is no such person", hasher=hasher)


def _searchable(name: str) -> str:
    return name if rules.USERNAME.fullmatch(name) else ""


def _place(network: str) -> str:
    """Who holds one IPv6 address holds its whole /64."""
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return network[:64]
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)
