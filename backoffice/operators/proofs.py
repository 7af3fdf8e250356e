"""Checking what somebody shows to prove who they are; guesses are braked per person."""

from typing import Literal

from backoffice.contracts.errors import Unauthenticated
from backoffice.contracts.factors import Proof, Way
from backoffice.operators import brakes, passkeys, recovery, rules, totp
from backoffice.operators.models import Authenticator, Operator, Passkey

Shown = Literal["password", "code", "recovery", "passkey", "issuer", "vouched"]
WRONG = "That does not prove it. Try again, or another way."


def has_factor(operator_id: str) -> bool:
    return Authenticator.objects.filter(pk=operator_id).exists() or Passkey.objects.filter(operator=operator_id).exists()


def ways(row: Operator, *, takes_passwords: bool) -> frozenset[Way]:
    """A factor, for whoever has one: a password that was found out must not be enough for what is dangerous."""
    found: set[Way] = set()
    if Authenticator.objects.filter(pk=row.pk).exists():
        found.add("code")
    if row.passkeys.exists():
        found.update({"passkey", "code"})
    return frozenset(found) or frozenset[Way]({"password" if takes_passwords and row.has_usable_password() else "issuer"})


def check(row: Operator, proof: Proof) -> Shown:
    """What was shown. Refuses: Unauthenticated, TooMany. A wrong one stays counted, so no transaction may stand around this."""
    limits = brakes_of(row.pk)
    mark = brakes.take(limits)
    shown = _shown(row, proof)
    if shown is None:
        raise Unauthenticated(WRONG)
    brakes.give_back(limits, mark)
    return shown


def brakes_of(operator_id: str) -> list[brakes.Limit]:
    """Ten tries a quarter of an hour, and beyond twenty a day each one waits longer: of a million codes three are right at any moment."""
    return [brakes.limit("proof", operator_id, most=10), brakes.limit("proof day", operator_id, most=20, is_growing=True)]


def _shown(row: Operator, proof: Proof) -> Shown | None:
    if proof.way == "passkey":
        passkey = passkeys.shown(proof.challenge, proof.value)
        return "passkey" if passkey and passkey.operator_id == row.pk else None
    if proof.way == "code":
        return _code(row, proof.value)
    if proof.way == "password" and rules.is_possible_password(proof.value) and row.check_password(proof.value):
        return "password"
    return None


def _code(row: Operator, code: str) -> Shown | None:
    """Of the authenticator, or one for recovery: whoever types it need not say which."""
    authenticator = Authenticator.objects.filter(pk=row.pk).first()
    if authenticator and totp.take(authenticator, recovery.plain(code)):
        return "code"
    return "recovery" if recovery.take(row.pk, code) else None
