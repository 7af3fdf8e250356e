"""The desk's Operators: people, their roles and their sign-ins."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewOperator, Operator, OperatorChange, SignIn
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.operators import administrators, factors, letters, models, passwords, rules
from backoffice.operators import sign_ins as stays


def find(actor: Actor) -> list[Operator]:  # noqa: ARG001  verbs are told who asks
    return [_operator(row) for row in _with_roles().order_by("name", "id")]


def get(actor: Actor, operator_id: str) -> Versioned[Operator]:  # noqa: ARG001  verbs are told who asks
    row = _with_roles().filter(pk=operator_id).first()
    if row is None:
        raise NotFound(f"There is no operator {operator_id}.")
    return Versioned(value=_operator(row), version=row.version)


def create(actor: Actor, draft: NewOperator) -> Operator:
    row = models.Operator(username=draft.username.strip().lower(), name=draft.name, email=draft.email, created_at=timezone.now())
    roles, role_faults = _roles(draft.roles)
    faults = {
        "username": rules.username_faults(row.username),
        "password": passwords.faults(draft.password, row, operations_of(roles)),
        "roles": role_faults,
    }
    rules.refuse("The operator is not valid.", faults | _shape_faults(draft.name, draft.email))
    _refuse_beyond(actor, roles)
    row.set_password(draft.password)
    row.save(force_insert=True)
    row.roles.set(roles)
    audit.changed(actor, "operator", row.id, {}, {"username": row.username, **_state(row, roles)})
    return _operator(row)


def update(actor: Actor, operator_id: str, change: OperatorChange, *, version: int | None = None) -> None:
    row = versions.lock(models.Operator.objects.all(), operator_id, version=version, name="operator")
    held = list(row.roles.all())
    roles, role_faults = _roles(change.roles)
    rules.refuse("The operator is not valid.", {"roles": role_faults} | _shape_faults(change.name, change.email))
    is_returning = change.is_active and not row.is_active
    _refuse_beyond(actor, roles if is_returning else set(roles) - set(held))
    before = _state(row, held)
    row.name, row.email, row.is_active = change.name, change.email, change.is_active
    after = _state(row, roles)
    changed = audit.differing(before, after)
    if not changed:
        return
    row.version += 1
    with administrators.kept():
        row.save(update_fields=["name", "email", "is_active", "version"])
        row.roles.set(roles)
    audit.changed(actor, "operator", row.id, before, after)
    if {"isActive", "roles"} & set(changed):
        stays.end(actor, row.sign_ins.all())


def set_password(actor: Actor, operator_id: str, password: str) -> None:
    """Whoever sets a password can sign in with it, so nobody sets one for a person who may do more."""
    row = versions.lock(models.Operator.objects.all(), operator_id, version=None, name="operator")
    _refuse_beyond(actor, row.roles.all())
    rules.refuse("The password is not good enough.", {"password": passwords.faults(password, row, operations_of(row.roles.all()))})
    replace_password(actor, row, password)
    stays.end(actor, row.sign_ins.all())


def replace_password(actor: Actor, row: models.Operator, password: str) -> None:
    """Of a locked row, with a password that was checked. The trail says that it changed, never to what."""
    row.set_password(password)
    row.version += 1
    row.save(update_fields=["password", "version"])
    audit.changed(actor, "operator", row.id, {"password": "set"}, {"password": "set anew"})


def sign_ins(actor: Actor) -> list[SignIn]:  # noqa: ARG001  verbs are told who asks
    return stays.shown(stays.live(timezone.now()))


def end_sign_in(actor: Actor, sign_in_id: str) -> None:
    stays.end_one(actor, models.SignIn.objects.all(), sign_in_id)


def reset_factors(actor: Actor, operator_id: str, reason: str) -> None:
    """Who can set a password and reset the factors can be that person, so nobody does it to one who may do more, nor to themselves."""
    row = versions.lock(models.Operator.objects.all(), operator_id, version=None, name="operator")
    if row.pk == actor.id:
        raise Invalid("Your own factors are yours to remove, under your name at the top; nobody resets them for themselves.", code="own_factors")
    _refuse_beyond(actor, row.roles.all())
    rules.refuse("Say why.", {"reason": rules.text_faults(reason, longest=200)})
    if not factors.drop_all(actor, row, reason):
        raise Invalid(f"{row.name} has no second factor.", code="no_factor")
    stays.end(actor, row.sign_ins.all())


def send_letters(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    return letters.send_due()


def _with_roles() -> QuerySet[models.Operator]:
    return models.Operator.objects.prefetch_related("roles")


def _roles(ids: list[str]) -> tuple[list[models.Role], list[str]]:
    """Locked, so that no operation is added to a role while it is handed out; and what is wrong with the ids."""
    rows = list(models.Role.objects.select_for_update().filter(pk__in=ids).order_by("name"))
    unknown = set(ids) - {row.id for row in rows}
    return rows, [f"there is no role {id[:64]}" for id in sorted(unknown)]


def operations_of(roles: Iterable[models.Role]) -> set[str]:
    return {operation for role in roles for operation in role.operations}


def _refuse_beyond(actor: Actor, roles: Iterable[models.Role]) -> None:
    for role in sorted(roles, key=lambda role: role.name):
        rules.refuse_beyond(actor, role.operations, role.scope)


def _shape_faults(name: str, email: str) -> rules.Faults:
    return {"name": rules.text_faults(name, longest=100), "email": rules.email_faults(email)}


def _state(row: models.Operator, roles: list[models.Role]) -> dict[str, str | None]:
    """Roles by name, for people read the trail."""
    names = ", ".join(sorted(role.name for role in roles))
    return {"name": row.name, "email": row.email, "isActive": audit.as_text(row.is_active), "roles": names}


def _operator(row: models.Operator) -> Operator:
    return Operator(
        id=row.id,
        username=row.username,
        name=row.name,
        email=row.email,
        is_active=row.is_active,
        roles=[role.id for role in sorted(row.roles.all(), key=lambda role: role.name)],
        last_sign_in_at=row.last_sign_in_at,
        created_at=row.created_at,
    )
