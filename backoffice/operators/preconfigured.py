"""The roles every desk starts with; afterwards they are roles like any other, and nobody changes them back."""

from collections.abc import Mapping

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import RoleDraft
from backoffice.operators.models import Role
from backoffice.operators.rights import EVERYTHING
from backoffice.services import desk

CLI = Actor(kind="system", id="cli", name="command line", door="cli", operations=EVERYTHING)
VIEWS = [name for name in operations.CONTRACT if name.startswith("view-")]
ROLES: Mapping[str, list[str]] = {
    "Administrator": list(operations.ALL),
    "Dealer": [
        "view-common",
        "view-trades",
        "view-orders",
        "view-commission-rules",
        "manage-markets",
        "manage-markets-categories",
        "manage-assets",
        "manage-charts",
    ],
    "Finance": [*VIEWS, "view-personal-data", "manage-transfers", "manage-commission-rules", "manage-reports"],
    "Support": [*VIEWS, "view-personal-data"],
    "Auditor": [*VIEWS, "view-audit", "audit-books"],
}


def ensure_roles() -> None:
    """Make those whose names are not there yet."""
    known = set(Role.objects.filter(name__in=ROLES).values_list("name", flat=True))
    for name, granted in ROLES.items():
        if name not in known:
            desk().roles.create(CLI, RoleDraft(name=name, operations=granted))


def role_id(name: str) -> str:
    return Role.objects.values_list("pk", flat=True).get(name=name)
