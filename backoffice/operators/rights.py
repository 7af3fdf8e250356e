"""What somebody may do right now, and within which limits: read from the roles each time, so that a change takes effect at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Func, OuterRef, TextField
from django.db.models.functions import Cast, JSONObject

from backoffice.contracts import operations
from backoffice.contracts.actor import NO_LIMITS, Actor, Scope
from backoffice.operators.models import Role, scope_of

EVERYTHING = frozenset(operations.ALL) | {operations.OWN}
# They are about the people of this desk, of whom none belongs to a group of markets or accounts.
UNLIMITED = frozenset({operations.OWN, "manage-operators", "manage-roles", "manage-api-clients"})
Scopes = Mapping[str, Sequence[Scope]]


class Grant(NamedTuple):
    """What one role gives."""

    operations: Iterable[str]
    scope: Scope = NO_LIMITS


def of_roles(operator: str) -> Any:
    """An annotation: the operations of all roles of the operator that the column `operator` names."""
    each = Func(F("operations"), function="unnest", output_field=CharField())
    return ArraySubquery(Role.objects.filter(operators=OuterRef(operator)).values(held=each))


def held(granted: Iterable[str]) -> frozenset[str]:
    """As an actor carries them: known operations only, and the one that everybody has."""
    return (frozenset(granted) & EVERYTHING) | {operations.OWN}


def limits_of_roles(operator: str) -> Any:
    """An annotation for `scopes_by`: what each role of the operator gives, and within which limits."""
    columns = {"most": Cast("most", TextField())} | {name: F(name) for name in ("operations", "market_groups", "account_groups")}
    return ArraySubquery(Role.objects.filter(operators=OuterRef(operator)).order_by("pk").values(limits=JSONObject(**columns)))


def scopes_by(roles: Iterable[dict[str, Any]]) -> Scopes:
    """Of roles out of `limits_of_roles`."""
    return scopes(Grant(role["operations"], scope_of(role["market_groups"], role["account_groups"], role["most"])) for role in roles)


def scopes(grants: Iterable[Grant]) -> Scopes:
    """As an actor carries them: only operations that are limited, and one grant without limits makes an operation unlimited."""
    found: dict[str, list[Scope]] = {}
    for granted, scope in grants:
        for name in frozenset(granted) - UNLIMITED:
            found.setdefault(name, []).append(scope)
    return {name: tuple(limits) for name, limits in found.items() if NO_LIMITS not in limits}


def beyond(actor: Actor, granted: Iterable[str], scope: Scope) -> str | None:
    """The first of these operations that the actor does not hold as widely as the scope says."""
    return next((name for name in sorted(set(granted)) if not _covers(actor, name, scope)), None)


def is_within(inner: Scope, outer: Scope) -> bool:
    groups = ((inner.market_groups, outer.market_groups), (inner.account_groups, outer.account_groups))
    are_within = all(wide is None or (narrow is not None and narrow <= wide) for narrow, wide in groups)
    return are_within and (outer.most is None or (inner.most is not None and inner.most <= outer.most))


def _covers(actor: Actor, operation: str, scope: Scope) -> bool:
    scopes = actor.scopes.get(operation)
    return actor.may(operation) and (not scopes or any(is_within(scope, own) for own in scopes))
