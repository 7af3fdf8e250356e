"""What an API client's callbacks need: a list of hosts, and a secret that is shown once and taken over without a gap."""

from datetime import timedelta

from django.conf import settings as configured
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from backoffice.callbacks import models, sealing, signing, urls
from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import CallbackSecret, CallbackSettings
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.operators.models import ApiClient

MOST_HOSTS = 50
OBJECT = "callback_settings"


def settings(actor: Actor, client_id: str) -> Versioned[CallbackSettings]:  # noqa: ARG001  verbs are told who asks
    _require(client_id)
    row = models.ClientSettings.objects.filter(pk=client_id).first() or models.ClientSettings(client_id=client_id)
    current = _secrets(client_id).filter(valid_until=None).first()
    previous = _previous(client_id).first()
    value = CallbackSettings(
        client_id=client_id,
        allowed_hosts=row.allowed_hosts,
        has_secret=current is not None,
        secret_made_at=current.created_at if current else None,
        previous_secret_until=previous.valid_until if previous else None,
    )
    return Versioned(value=value, version=row.version)


def allow_hosts(actor: Actor, client_id: str, hosts: list[str], *, version: int | None = None) -> None:
    wanted = sorted(set(_entries(hosts)))
    row = _lock(client_id, version=version)
    if wanted != row.allowed_hosts:
        models.ClientSettings.objects.filter(pk=client_id).update(allowed_hosts=wanted, version=row.version + 1)
        before = {"allowedHosts": ", ".join(row.allowed_hosts)}
        audit.changed(actor, OBJECT, client_id, before, {"allowedHosts": ", ".join(wanted)})


def make_secret(actor: Actor, client_id: str) -> CallbackSecret:
    _lock(client_id)
    # Only one is ever on its way out: of a secret that two others have followed nobody should still sign.
    _previous(client_id).update(valid_until=Now())
    until = timezone.now() + timedelta(hours=configured.CALLBACK_ROTATION_HOURS)
    replaced = _secrets(client_id).filter(valid_until=None).update(valid_until=until)
    secret = signing.make()
    key_id, sealed = sealing.seal(secret, client_id)
    models.Secret.objects.create(client_id=client_id, key_id=key_id, sealed=sealed)
    before = {"secret": "set" if replaced else None}
    after = {"secret": "set anew" if replaced else "set", "previousSecretUntil": audit.as_text(until) if replaced else None}
    audit.changed(actor, OBJECT, client_id, before, after)
    return CallbackSecret(client_id=client_id, secret=signing.shown(secret), previous_secret_until=until if replaced else None)


def end_previous_secret(actor: Actor, client_id: str) -> None:
    _lock(client_id)
    row = _previous(client_id).first()
    if row is None:
        raise NotFound(f"No earlier callback secret of {client_id} signs any more.")
    _previous(client_id).update(valid_until=Now())
    audit.changed(actor, OBJECT, client_id, {"previousSecretUntil": audit.as_text(row.valid_until)}, {"previousSecretUntil": None})


def _secrets(client_id: str) -> QuerySet[models.Secret]:
    return models.Secret.objects.filter(client_id=client_id)


def _previous(client_id: str) -> QuerySet[models.Secret]:
    return _secrets(client_id).filter(valid_until__gt=Now())


def _lock(client_id: str, *, version: int | None = None) -> models.ClientSettings:
    _require(client_id)
    models.ClientSettings.objects.bulk_create([models.ClientSettings(client_id=client_id)], ignore_conflicts=True)
    return versions.lock(models.ClientSettings.objects.all(), client_id, version=version, name="API client")


def _require(client_id: str) -> None:
    """One of ours, or a caller of another issuer, whom no table here lists. Refuses: NotFound."""
    is_foreign = any(client_id.startswith(f"{issuer['issuer']}|") for issuer in configured.JWT_ISSUERS)
    if not is_foreign and not ApiClient.objects.filter(pk=client_id).exists():
        raise NotFound(f"There is no API client {client_id}.")


def _entries(hosts: list[str]) -> list[str]:
    """Refuses: Invalid."""
    if len(hosts) > MOST_HOSTS:
        raise Invalid("The list of hosts is not valid.", fields={"allowedHosts": [f"must be up to {MOST_HOSTS} hosts"]})
    entries, faults = [], []
    for host in hosts:
        try:
            entries.append(urls.allowed_entry(host))
        except urls.BadUrl as reason:
            faults.append(f"{host[:80]}: {reason}")
    if faults:
        raise Invalid("The list of hosts is not valid.", fields={"allowedHosts": faults})
    return entries
