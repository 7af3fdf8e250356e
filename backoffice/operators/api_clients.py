"""The desk's ApiClients: programs that call the API with their own operations."""

from datetime import datetime, timedelta

from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import ApiClient, ApiClientChange, ClientSecret, DayOfUse, NewApiClient
from backoffice.contracts.errors import NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.operators import models, rules, secret, tokens
from backoffice.operators import use as counts


def find(actor: Actor) -> list[ApiClient]:  # noqa: ARG001  verbs are told who asks
    return [_client(row) for row in models.ApiClient.objects.order_by("name")]


def get(actor: Actor, client_id: str) -> Versioned[ApiClient]:  # noqa: ARG001  verbs are told who asks
    row = models.ApiClient.objects.filter(pk=client_id).first()
    if row is None:
        raise NotFound(f"There is no API client {client_id}.")
    return Versioned(value=_client(row), version=row.version)


def create(actor: Actor, draft: NewApiClient) -> ClientSecret:
    client_secret, secret_hash = secret.make()
    row = add(actor, draft, secret_hash=secret_hash)
    return ClientSecret(client_id=row.id, client_secret=client_secret)


def add(actor: Actor, draft: NewApiClient, *, secret_hash: str) -> models.ApiClient:
    """Refuses: Invalid, NotPermitted."""
    is_taken = models.ApiClient.objects.filter(name=draft.name).exists() if draft.name.isprintable() else False
    faults = {
        "name": rules.text_faults(draft.name, longest=100) or ([f"{draft.name} is taken"] if is_taken else []),
        "operations": rules.operation_faults(draft.operations),
    }
    rules.refuse("The API client is not valid.", faults | rules.scope_faults(draft.scope))
    rules.refuse_beyond(actor, draft.operations, draft.scope)
    operations = sorted(set(draft.operations))
    row = models.ApiClient(name=draft.name, operations=operations, secret_hash=secret_hash, created_at=timezone.now())
    row.limit_to(draft.scope)
    row.save(force_insert=True)
    audit.changed(actor, "api_client", row.id, {}, {"name": row.name, **_state(row)})
    return row


def update(actor: Actor, client_id: str, change: ApiClientChange, *, version: int | None = None) -> None:
    row = _lock(client_id, version=version)
    faults = {"operations": rules.operation_faults(change.operations)}
    rules.refuse("The API client is not valid.", faults | rules.scope_faults(change.scope))
    is_returning = change.is_active and not row.is_active
    rules.refuse_wider(actor, change.operations, change.scope, than=[] if is_returning else row.operations, within=row.scope)
    before = _state(row)
    row.operations, row.is_active = sorted(set(change.operations)), change.is_active
    row.limit_to(change.scope)
    if (after := _state(row)) != before:
        row.version += 1
        row.save(force_update=True)
        audit.changed(actor, "api_client", row.id, before, after)
        tokens.forget()


def rotate(actor: Actor, client_id: str) -> ClientSecret:
    """Whoever sees the secret can act as the client, so it must not be able to do more than they. Refuses also: NotPermitted."""
    row = _lock(client_id)
    rules.refuse_beyond(actor, row.operations, row.scope)
    client_secret, row.secret_hash = secret.make()
    row.previous_hash, row.previous_until = "", None
    row.tokens_valid_from = _from_now_on(row)
    row.version += 1
    row.save(force_update=True)
    audit.changed(actor, "api_client", row.id, {"secret": "set"}, {"secret": "set anew"})
    tokens.forget()
    return ClientSecret(client_id=row.id, client_secret=client_secret)


def change_over(actor: Actor, client_id: str) -> ClientSecret:
    """As `rotate`, for a program that must not miss a call."""
    row = _lock(client_id)
    rules.refuse_beyond(actor, row.operations, row.scope)
    row.previous_hash, row.previous_until = row.secret_hash, timezone.now() + secret.OVERLAP
    client_secret, row.secret_hash = secret.make()
    row.version += 1
    row.save(force_update=True)
    until = audit.as_text(row.previous_until)
    audit.changed(actor, "api_client", row.id, {"secret": "set", "previousSecretUntil": None}, {"secret": "set anew", "previousSecretUntil": until})
    return ClientSecret(client_id=row.id, client_secret=client_secret)


def end_previous_secret(actor: Actor, client_id: str) -> None:
    row = _lock(client_id)
    before = audit.as_text(row.previous_until)
    row.previous_hash, row.previous_until = "", None
    row.save(update_fields=["previous_hash", "previous_until"])
    audit.changed(actor, "api_client", row.id, {"previousSecretUntil": before}, {"previousSecretUntil": None})


def use(actor: Actor, client_id: str) -> list[DayOfUse]:
    return counts.of_client(get(actor, client_id).value.id)


def revoke_tokens(actor: Actor, client_id: str) -> None:
    row = _lock(client_id)
    before, row.tokens_valid_from = row.tokens_valid_from, _from_now_on(row)
    row.save(update_fields=["tokens_valid_from"])
    audit.changed(actor, "api_client", row.id, {"tokensValidFrom": audit.as_text(before)}, {"tokensValidFrom": audit.as_text(row.tokens_valid_from)})
    tokens.forget()


def _from_now_on(row: models.ApiClient) -> datetime:
    """Tokens carry whole seconds: those issued earlier in this second must be over as well, and so must those of an earlier call in it."""
    second = timezone.now().replace(microsecond=0) + timedelta(seconds=1)
    earlier = row.tokens_valid_from
    return max(second, earlier + timedelta(seconds=1)) if earlier else second


def _lock(client_id: str, *, version: int | None = None) -> models.ApiClient:
    return versions.lock(models.ApiClient.objects.all(), client_id, version=version, name="API client")


def _state(row: models.ApiClient) -> dict[str, str | None]:
    return {"operations": ", ".join(row.operations), "isActive": audit.as_text(row.is_active), **rules.scope_state(row.scope)}


def _client(row: models.ApiClient) -> ApiClient:
    return ApiClient(
        id=row.id,
        name=row.name,
        operations=row.operations,
        is_active=row.is_active,
        has_secret=bool(row.secret_hash),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        scope=row.scope,
        last_token_at=row.last_token_at,
        previous_secret_until=row.previous_until if row.previous_until and row.previous_until > timezone.now() else None,
    )
