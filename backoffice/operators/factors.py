"""The desk's Factors: what operators set up to be known by, beside their password."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.factors import Asked, NewAuthenticator, OwnFactors, Passkey
from backoffice.core import audit
from backoffice.operators import brakes, challenges, models, notices, owing, passkeys, proofs, recovery, rights, rules, sign_ins, totp

NEW_SEED = "authenticator"
MOST_PASSKEYS = 20


def get(actor: Actor) -> OwnFactors:
    authenticator = models.Authenticator.objects.filter(pk=_person(actor)).first()
    held = models.Operator.objects.filter(pk=_person(actor)).annotate(held=rights.of_roles("pk")).values_list("held", flat=True).first()
    return OwnFactors(
        authenticator_since=authenticator.created_at if authenticator else None,
        authenticator_used_at=authenticator.last_used_at if authenticator else None,
        passkeys=[_passkey(row) for row in models.Passkey.objects.filter(operator=_person(actor)).order_by("created_at", "id")],
        recovery_codes_left=recovery.left(_person(actor)),
        is_required=owing.is_required(frozenset(held or ())),
    )


def begin_authenticator(actor: Actor) -> NewAuthenticator:
    row, seed = _row(actor), totp.new_seed()
    key_id, sealed = totp.sealed(seed, row.pk)
    challenge = challenges.make(NEW_SEED, {"key": key_id, "seed": sealed.hex()}, operator_id=row.pk)
    return NewAuthenticator(challenge=challenge, seed=totp.typed(seed), address=totp.address(seed, row.username))


def begun_authenticator(actor: Actor, challenge: str) -> NewAuthenticator:
    """The same once more, for a page that must be shown again."""
    row, asked = _row(actor), _seed_asked(actor, challenge)
    seed = totp.opened(asked.asked["key"], bytes.fromhex(asked.asked["seed"]), row.pk)
    return NewAuthenticator(challenge=challenge, seed=totp.typed(seed), address=totp.address(seed, row.username))


def add_authenticator(actor: Actor, challenge: str, code: str, *, keep: str | None = None) -> Sequence[str]:
    """A wrong guess must stay counted when the call is refused, so the transaction opens only behind it."""
    asked = _seed_asked(actor, challenge)
    limits = proofs.brakes_of(actor.id)
    mark = brakes.take(limits)
    seed = totp.opened(asked.asked["key"], bytes.fromhex(asked.asked["seed"]), actor.id)
    step = totp.step_of(seed, recovery.plain(code))
    if step is None:
        raise Invalid("That is not the code of this moment.", fields={"code": ["is not what the app shows now; is the clock of your phone right?"]})
    brakes.give_back(limits, mark)
    with transaction.atomic():
        recorded = audit.open_record(actor, "factors.add_authenticator")
        row = _lock(recorded)
        if challenges.take(NEW_SEED, challenge) is None:
            raise _too_late()
        was_there = models.Authenticator.objects.filter(pk=row.pk).exists()
        kept = {"key_id": asked.asked["key"], "sealed_seed": bytes.fromhex(asked.asked["seed"]), "created_at": timezone.now(), "last_step": step}
        models.Authenticator.objects.update_or_create(operator=row, defaults={**kept, "last_used_at": None})
        codes = _codes_of_the_first(row)
        _changed(recorded, row, "authenticator", "set" if was_there else None, "set anew" if was_there else "set", keep=keep, proof="code")
    return codes


def remove_authenticator(actor: Actor, *, keep: str | None = None) -> None:
    row = _lock(actor)
    if not models.Authenticator.objects.filter(pk=row.pk).delete()[0]:
        raise NotFound("You have no authenticator.")
    _changed(actor, row, "authenticator", "set", None, keep=keep)


def begin_passkey(actor: Actor) -> Asked:
    return passkeys.ask_to_make(_row(actor))


def add_passkey(actor: Actor, challenge: str, answer: str, name: str, *, keep: str | None = None) -> Sequence[str]:
    row = _lock(actor)
    name = name.strip() or "Passkey"
    rules.refuse("The passkey is not valid.", {"name": rules.text_faults(name, longest=50)})
    if row.passkeys.count() >= MOST_PASSKEYS:
        raise Invalid(f"You have {MOST_PASSKEYS} passkeys already; remove one first.", code="limit")
    made = passkeys.made(challenge, answer, row.pk)
    if made is None:
        raise Invalid("The browser's answer is not what was asked for. Please begin anew.", code="not_the_answer")
    made.name = name
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Invalid("This passkey is known already.", code="known_passkey") from None
    codes = _codes_of_the_first(row)
    _changed(actor, row, f"passkey {made.pk}", None, name, keep=keep, proof="passkey")
    return codes


def rename_passkey(actor: Actor, passkey_id: str, name: str) -> None:
    row = _own_passkey(actor, passkey_id)
    rules.refuse("The name is not valid.", {"name": rules.text_faults(name, longest=50)})
    before, row.name = row.name, name
    row.save(update_fields=["name"])
    audit.changed(actor, "operator", row.operator_id, {f"passkey {row.pk}": before}, {f"passkey {row.pk}": name})


def remove_passkey(actor: Actor, passkey_id: str, *, keep: str | None = None) -> None:
    row, passkey = _lock(actor), _own_passkey(actor, passkey_id)
    models.Passkey.objects.filter(pk=passkey.pk).delete()
    _changed(actor, row, f"passkey {passkey_id}", passkey.name, None, keep=keep)


def make_recovery_codes(actor: Actor) -> Sequence[str]:
    row = _lock(actor)
    if not proofs.has_factor(row.pk):
        raise Invalid("Recovery codes stand in for a factor that was lost; set one up first.", code="no_factor")
    audit.changed(actor, "operator", row.pk, {"recoveryCodes": f"{recovery.left(row.pk)} left"}, {"recoveryCodes": "made anew"})
    return recovery.make(row.pk)


def drop_all(actor: Actor, row: models.Operator, reason: str) -> bool:
    """Whether there were any."""
    was_there = proofs.has_factor(row.pk)
    _drop(row)
    if was_there:
        audit.changed(actor, "operator", row.pk, {"factors": "set"}, {"factors": "reset", "reason": reason})
        notices.tell(row, "FactorsReset", by=actor.name, reason=reason)
    return was_there


def _drop(row: models.Operator) -> None:
    for model in (models.Authenticator, models.Passkey, models.RecoveryCode):
        model.objects.filter(operator=row).delete()


def _changed(
    actor: Actor, row: models.Operator, what: str, before: str | None, after: str | None, *, keep: str | None, proof: proofs.Shown | None = None
) -> None:
    """The trail, word of it, and the ends of sign-ins. The one that goes on has shown the new factor, or after the last one only a password."""
    audit.changed(actor, "operator", row.pk, {what: before}, {what: after})
    notices.tell(row, "FactorAdded" if after else "FactorRemoved", factor=what.split(" ")[0])
    sign_ins.end(actor, row.sign_ins.exclude(pk=keep))
    if proof:
        row.sign_ins.filter(pk=keep).update(proof=proof, confirmed_at=timezone.now())
    elif not proofs.has_factor(row.pk):
        models.RecoveryCode.objects.filter(operator=row).delete()
        row.sign_ins.filter(pk=keep).exclude(proof__in=("issuer", "vouched")).update(proof="password")


def _codes_of_the_first(row: models.Operator) -> list[str]:
    return [] if models.RecoveryCode.objects.filter(operator=row).exists() else recovery.make(row.pk)


def _seed_asked(actor: Actor, challenge: str) -> models.Challenge:
    asked = challenges.read(NEW_SEED, challenge)
    if asked is None or asked.operator_id != _person(actor):
        raise _too_late()
    return asked


def _too_late() -> Invalid:
    return Invalid("That took too long. Please begin anew.", code="too_late")


def _own_passkey(actor: Actor, passkey_id: str) -> models.Passkey:
    row = models.Passkey.objects.select_for_update(of=("self",)).filter(pk=passkey_id, operator=_person(actor)).first()
    if row is None:
        raise NotFound(f"You have no passkey {passkey_id}.")
    return row


def _row(actor: Actor, *, is_locked: bool = False) -> models.Operator:
    rows = models.Operator.objects.select_for_update(of=("self",)) if is_locked else models.Operator.objects.all()
    row = rows.filter(pk=_person(actor), is_active=True).first()
    if row is None:
        raise Invalid("Only operators have second factors.", code="no_operator")
    return row


def _lock(actor: Actor) -> models.Operator:
    return _row(actor, is_locked=True)


def _person(actor: Actor) -> str:
    return actor.id if actor.kind == "operator" else ""


def _passkey(row: models.Passkey) -> Passkey:
    return Passkey(id=row.pk, name=row.name, created_at=row.created_at, last_used_at=row.last_used_at)
