"""What somebody may do right now: read from the roles each time, so that a change takes effect at once."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Func, OuterRef

from backoffice.contracts import operations
from backoffice.operators.models import Role

EVERYTHING = frozenset(operations.ALL) | {operations.OWN}


def of_roles(operator: str) -> Any:
    """An annotation: the operations of all roles of the operator that the column `operator` names."""
    each = Func(F("operations"), function="unnest", output_field=CharField())
    return ArraySubquery(Role.objects.filter(operators=OuterRef(operator)).values(held=each))


def held(granted: Iterable[str]) -> frozenset[str]:
    """As an actor carries them: known operations only, and the one that everybody has."""
    return (frozenset(granted) & EVERYTHING) | {operations.OWN}
