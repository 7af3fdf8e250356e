"""Everybody with everything they hold: what an access review goes through."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import connection

from backoffice.contracts.access import ReviewRow
from backoffice.contracts.actor import NO_LIMITS, Actor
from backoffice.operators import models, scopes
from backoffice.permissions import RULES

Used = Mapping[tuple[str, str, str], datetime]
# The newest record of each action by each actor; what is older than that is as good as never.
USED = """
    SELECT actor_kind, actor_id, action, max(at) FROM core_auditrecord WHERE at > statement_timestamp() - interval '400 days' GROUP BY 1, 2, 3
"""


def review(actor: Actor) -> list[ReviewRow]:  # noqa: ARG001  verbs are told who asks
    used = _used()
    return [*_people(used), *_clients(used)]


def _people(used: Used) -> Iterator[ReviewRow]:
    people = models.Operator.objects.prefetch_related("roles", "passkeys").select_related("authenticator").order_by("name", "id")
    for person in people:
        factors = [f"{count} passkey{'s' if count > 1 else ''}"] if (count := len(person.passkeys.all())) else []
        factors += ["authenticator"] if hasattr(person, "authenticator") else []
        for role in sorted(person.roles.all(), key=lambda role: role.name):
            for operation in role.operations or [""]:
                yield ReviewRow(
                    id=person.id,
                    kind="operator",
                    name=person.name,
                    username=person.username,
                    is_active=person.is_active,
                    role=role.name,
                    operation=operation,
                    limits="none" if role.scope == NO_LIMITS else scopes.words(role.scope),
                    factors=", ".join(factors) or "password only",
                    last_seen_at=person.last_sign_in_at,
                    last_used_at=used.get(("operator", person.id, operation)),
                )


def _clients(used: Used) -> Iterator[ReviewRow]:
    for client in models.ApiClient.objects.order_by("name"):
        for operation in client.operations or [""]:
            yield ReviewRow(
                id=client.id,
                kind="client",
                name=client.name,
                username="",
                is_active=client.is_active,
                role="",
                operation=operation,
                limits="none" if client.scope == NO_LIMITS else scopes.words(client.scope),
                factors="secret" if client.secret_hash else "no secret",
                last_seen_at=client.last_used_at,
                last_used_at=used.get(("client", client.id, operation)),
            )


def _used() -> Used:
    found: dict[tuple[str, str, str], datetime] = {}
    with connection.cursor() as cursor:
        cursor.execute(USED)
        for kind, id, action, at in cursor.fetchall():
            if action in RULES:
                key = (kind, id, RULES[action].operation)
                found[key] = max(found.get(key, at), at)
    return found
