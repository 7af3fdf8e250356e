"""The desk's Access: a question is put to the parts of the guard themselves, so that the answer is theirs."""

from typing import Any

import msgspec

from backoffice.approvals import gate
from backoffice.calls import Call
from backoffice.contracts import operations
from backoffice.contracts.access import AccessQuestion, AccessStep, Explanation, Who
from backoffice.contracts.actor import NO_LIMITS, Actor, Scope
from backoffice.contracts.errors import ConfirmationNeeded, Invalid, NotFound, NotPermitted, OutOfScope
from backoffice.core import reach
from backoffice.operators import confirmations, models, rights, scopes
from backoffice.operators.reviews import review
from backoffice.permissions import RULES, Reads

__all__ = ["actions", "explain", "review"]
OTHERS = "manage-operators"


class Subject(msgspec.Struct, frozen=True):
    """Who is asked about, with the names of the roles that give each operation."""

    actor: Actor
    is_active: bool
    given_by: dict[str, list[str]]


def actions(actor: Actor) -> dict[str, list[str]]:  # noqa: ARG001  verbs are told who asks
    found: dict[str, list[str]] = {}
    for name, rule in RULES.items():
        if rule.operation in operations.ALL:
            found.setdefault(rule.operation, []).append(name)
    return dict(sorted(found.items()))


def explain(actor: Actor, question: AccessQuestion) -> Explanation:
    if not actor.may(OTHERS) and (question.who.kind, question.who.id) != (actor.kind, actor.id):
        raise NotPermitted(OTHERS)
    rule = RULES.get(question.action)
    if rule is None or rule.operation == operations.WORKER:
        raise Invalid("The question is not valid.", fields={"action": [f"there is no action {question.action[:60]}"]})
    subject = _subject(question.who)
    steps, status = _steps(subject, Call(question.action, rule, _arguments(question)))
    return Explanation(who=subject.actor.name, action=question.action, operation=rule.operation, status=status, steps=steps)


def _steps(subject: Subject, call: Call) -> tuple[list[AccessStep], int]:
    """Up to the first that refuses."""
    steps = [_step("person", subject.is_active, "may sign in or ask for tokens" if subject.is_active else "is ended")]
    if not subject.is_active:
        return steps, 401
    operation, held = call.rule.operation, subject.actor.may(call.rule.operation)
    by = ", ".join(subject.given_by.get(operation, []))
    steps.append(_step("operation", held, f"{operation} is given by {by or 'being signed in'}" if held else f"no role gives {operation}"))
    if not held:
        return steps, 403
    try:
        scopes.check(subject.actor, call)
        _look(subject.actor, call)
    except NotFound as refusal:
        limits = subject.actor.scopes.get(operation)
        said = f"{refusal.detail} For whoever is limited, what lies outside looks so too." if limits else refusal.detail
        return [*steps, _limits(subject, operation), _step("object", False, said)], 404
    except OutOfScope as refusal:
        return [*steps, _step("limits", False, refusal.detail)], 403
    return _on_the_way(subject, call, [*steps, _limits(subject, operation)])


def _on_the_way(subject: Subject, call: Call, steps: list[AccessStep]) -> tuple[list[AccessStep], int]:
    """What does not refuse but is asked for."""
    try:
        confirmations.check(msgspec.structs.replace(subject.actor, kind="operator", door="portal", confirmed_at=None), call)
    except ConfirmationNeeded:
        steps.append(_step("confirmation", None, "in the browser the person has to prove anew that it is them"))
    demand = None if isinstance(call.rule, Reads) else gate.demanded(subject.actor, call)
    if demand is None:
        return steps, 200
    count = f"{demand.needed} other{'s' if demand.needed > 1 else ''}"
    return [*steps, _step("approval", None, f"{', '.join(demand.policies)} holds it until {count} approve")], 202


def _look(actor: Actor, call: Call) -> None:
    """A read finds what is in reach, and a change was looked at by the gate; without limits both find whatever there is. Refuses: NotFound."""
    limits = reach.limits_of(actor, call.rule.operation)
    if missing := scopes.unseen(call, limits):
        kind, id = missing
        raise NotFound(f"There is no {scopes.WORDS[kind]} {id}.")


def _limits(subject: Subject, operation: str) -> AccessStep:
    found = subject.actor.scopes.get(operation)
    if not found:
        return _step("limits", True, "without limits")
    return _step("limits", True, "within " + ", or ".join(scopes.words(scope) for scope in found))


def _arguments(question: AccessQuestion) -> dict[str, Any]:
    named = {} if question.object_kind is None or not question.object_id else {f"{question.object_kind}_id": question.object_id}
    return named | {name: value for name, value in (("asset_id", question.asset_id), ("amount", question.amount)) if value is not None}


def _step(name: Any, is_met: bool | None, detail: str) -> AccessStep:
    return AccessStep(name=name, is_met=is_met, detail=detail)


def _subject(who: Who) -> Subject:
    """Refuses: NotFound."""
    if who.kind == "client":
        row = models.ApiClient.objects.filter(pk=who.id).first()
        if row is None:
            raise NotFound(f"There is no API client {who.id}.")
        return _of("client", row.id, row.name, row.is_active, [("the client itself", rights.Grant(row.operations, row.scope))])
    if who.kind == "role":
        role = models.Role.objects.filter(pk=who.id).first()
        if role is None:
            raise NotFound(f"There is no role {who.id}.")
        return _of("operator", f"role {role.id}", role.name, True, [(role.name, rights.Grant(role.operations, role.scope))])
    person = models.Operator.objects.filter(pk=who.id).prefetch_related("roles").first()
    if person is None:
        raise NotFound(f"There is no operator {who.id}.")
    grants = [(one.name, rights.Grant(one.operations, one.scope)) for one in person.roles.all()]
    return _of("operator", person.id, person.name, person.is_active, grants)


def _of(kind: Any, id: str, name: str, is_active: bool, grants: list[tuple[str, rights.Grant]]) -> Subject:
    held = rights.held(operation for _, grant in grants for operation in grant.operations)
    actor = Actor(kind=kind, id=id, name=name, door="api", operations=held, scopes=rights.scopes(grant for _, grant in grants))
    given: dict[str, list[str]] = {}
    for role, grant in grants:
        for operation in grant.operations:
            given.setdefault(operation, []).append(role if grant.scope == NO_LIMITS else f"{role} ({_within(grant.scope)})")
    return Subject(actor, is_active, given)


def _within(scope: Scope) -> str:
    return scopes.words(scope)
