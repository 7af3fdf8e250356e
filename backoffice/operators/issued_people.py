"""Which operator it is whom another issuer vouches for; made on the way, and given roles, where the settings say so."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.core import audit
from backoffice.operators import administrators, models, rights, rules, sign_ins

ISSUER = Actor(kind="system", id="issuer", name="another issuer", door="portal", operations=rights.EVERYTHING)
LONGEST_SUBJECT = 255


def found(said: Mapping[str, Any]) -> models.Operator | None:
    """Within a transaction. Refuses: Invalid (somebody new who cannot be an operator, roles that would leave no administrator)."""
    subject, username = str(said["sub"]), _username(said)
    if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        return None
    rows = models.Operator.objects.select_for_update(of=("self",))
    row = rows.filter(issuer_subject=subject).first() or rows.filter(issuer_subject=None, username=username).first()
    if row is None and settings.OIDC_CREATES_OPERATORS:
        row = _made(said, username)
    if row is None or not row.is_active:
        return None
    if row.issuer_subject is None:
        row.issuer_subject = subject
        row.save(update_fields=["issuer_subject"])
    if settings.OIDC_ROLES_CLAIM:
        _give_roles(row, said)
    return row


def _username(said: Mapping[str, Any]) -> str:
    claim = settings.OIDC_USERNAME_CLAIM
    if claim == "email" and said.get("email_verified") is not True:
        return ""
    name = str(said.get(claim, "")).strip().lower()
    return name if rules.USERNAME.fullmatch(name) else ""


def _made(said: Mapping[str, Any], username: str) -> models.Operator:
    name, email = (str(said.get(claim, "")).strip() for claim in ("name", "email"))
    row = models.Operator(username=username, name=name or username, email=email, created_at=timezone.now())
    faults = {"username": rules.username_faults(username), "name": rules.text_faults(row.name, longest=100), "email": rules.email_faults(email)}
    rules.refuse("Whom the issuer names cannot be an operator.", faults)
    row.set_unusable_password()
    row.save(force_insert=True)
    recorded = audit.open_record(ISSUER, "identity.create_operator")
    audit.changed(recorded, "operator", row.pk, {}, {"username": username, "name": row.name, "email": email})
    return row


def _give_roles(row: models.Operator, said: Mapping[str, Any]) -> None:
    """Exactly those that the issuer's groups stand for: who leaves a group there loses its role here at the next sign-in."""
    claim = said.get(settings.OIDC_ROLES_CLAIM)
    groups = {one for one in claim if isinstance(one, str)} if isinstance(claim, list) else {claim} if isinstance(claim, str) else set()
    wanted = {settings.OIDC_ROLES[group] for group in groups if group in settings.OIDC_ROLES}
    roles = list(models.Role.objects.select_for_update().filter(name__in=wanted).order_by("name"))
    held = list(row.roles.order_by("name"))
    if {role.pk for role in roles} == {role.pk for role in held}:
        return
    with administrators.kept():
        row.roles.set(roles)
    row.version += 1
    row.save(update_fields=["version"])
    recorded = audit.open_record(ISSUER, "identity.give_roles")
    audit.changed(recorded, "operator", row.pk, {"roles": _names(held)}, {"roles": _names(roles)})
    sign_ins.end(recorded, row.sign_ins.all())


def _names(roles: list[models.Role]) -> str:
    return ", ".join(role.name for role in roles)
