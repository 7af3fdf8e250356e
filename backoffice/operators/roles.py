"""The desk's Roles: named sets of operations; a role opens nothing until somebody adds to it."""

from django.db.models import Count, QuerySet

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Role, RoleDraft
from backoffice.contracts.errors import InUse, NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.operators import administrators, models, rules

NAMED = 10


def find(actor: Actor) -> list[Role]:  # noqa: ARG001  verbs are told who asks
    return [shown(row) for row in counted().order_by("name")]


def get(actor: Actor, role_id: str) -> Versioned[Role]:  # noqa: ARG001  verbs are told who asks
    row = counted().filter(pk=role_id).first()
    if row is None:
        raise NotFound(f"There is no role {role_id}.")
    return Versioned(value=shown(row), version=row.version)


def create(actor: Actor, draft: RoleDraft) -> Role:
    _refuse(draft, but=None)
    rules.refuse_beyond(actor, draft.operations, draft.scope)
    row = models.Role(name=draft.name, operations=sorted(set(draft.operations)))
    row.limit_to(draft.scope)
    row.save(force_insert=True)
    audit.changed(actor, "role", row.id, {}, _state(row))
    return Role(id=row.id, name=row.name, operations=row.operations, operator_count=0, scope=draft.scope)


def update(actor: Actor, role_id: str, draft: RoleDraft, *, version: int | None = None) -> None:
    row = versions.lock(models.Role.objects.all(), role_id, version=version, name="role")
    _refuse(draft, but=row.pk)
    rules.refuse_wider(actor, draft.operations, draft.scope, than=row.operations, within=row.scope)
    before = _state(row)
    row.name, row.operations = draft.name, sorted(set(draft.operations))
    row.limit_to(draft.scope)
    if (after := _state(row)) == before:
        return
    row.version += 1
    with administrators.kept():
        row.save(force_update=True)
    audit.changed(actor, "role", row.id, before, after)


def delete(actor: Actor, role_id: str, *, version: int | None = None) -> None:
    row = versions.lock(models.Role.objects.all(), role_id, version=version, name="role")
    names = list(row.operators.order_by("name").values_list("name", flat=True)[: NAMED + 1])
    if names:
        more = f" and {row.operators.count() - NAMED} more" if len(names) > NAMED else ""
        raise InUse(f"The role {row.name} is held by {', '.join(names[:NAMED])}{more}.")
    row.delete()
    audit.changed(actor, "role", role_id, _state(row), {})


def counted() -> QuerySet[models.Role]:
    return models.Role.objects.annotate(operator_count=Count("operators"))


def shown(row: models.Role) -> Role:
    """Of a row out of `counted`."""
    return Role(id=row.id, name=row.name, operations=row.operations, operator_count=row.operator_count, scope=row.scope)  # type: ignore[attr-defined]  # annotated by counted


def _refuse(draft: RoleDraft, *, but: str | None) -> None:
    is_taken = models.Role.objects.filter(name=draft.name).exclude(pk=but).exists() if draft.name.isprintable() else False
    faults = {
        "name": rules.text_faults(draft.name, longest=50) or ([f"{draft.name} is taken"] if is_taken else []),
        "operations": rules.operation_faults(draft.operations),
    }
    rules.refuse("The role is not valid.", faults | rules.scope_faults(draft.scope))


def _state(row: models.Role) -> dict[str, str | None]:
    return {"name": row.name, "operations": ", ".join(row.operations), **rules.scope_state(row.scope)}
