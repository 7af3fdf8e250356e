"""Operations and roles as ticks: what one may hand out, and why the rest cannot be ticked."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Role

# Every operation once; what a new release adds without a place here shows up under the last heading.
GROUPS: Sequence[tuple[str, Sequence[str]]] = (
    ("Catalogue", ("view-common", "manage-markets", "manage-markets-categories", "manage-assets", "manage-charts")),
    ("Clients and money", ("view-balances", "view-active-accounts", "manage-accounts", "view-transfers", "manage-transfers")),
    ("Trading", ("trading-ui", "view-orders", "view-trades")),
    ("Commissions", ("view-commissions", "view-commission-rules", "manage-commission-rules", "view-markup-revenue", "view-billing-info")),
    ("Reports", ("view-reports", "manage-reports")),
    ("This desk", tuple(operations.DESK)),
)
MORE = "More"


class Tick(NamedTuple):
    """`why_not` says why it cannot be ticked; what is held already may always be taken away."""

    value: str
    label: str
    detail: str
    is_on: bool
    why_not: str


def ticks(actor: Actor, on: Collection[str], held: Collection[str] = ()) -> list[tuple[str, list[Tick]]]:
    """Operations under their headings; `held` are those the edited role or client has now."""
    placed = {name for _, names in GROUPS for name in names}
    rest = [name for name in operations.ALL if name not in placed]
    groups = [*GROUPS, (MORE, rest)] if rest else GROUPS
    return [(heading, [_operation(actor, name, is_on=name in on, is_held=name in held) for name in names]) for heading, names in groups]


def role_ticks(actor: Actor, roles: Sequence[Role], on: Collection[str], held: Collection[str] = ()) -> list[Tick]:
    return [_role(actor, role, is_on=role.id in on, is_held=role.id in held) for role in roles]


def _operation(actor: Actor, name: str, *, is_on: bool, is_held: bool) -> Tick:
    why_not = "" if actor.may(name) or is_held else "You do not hold it yourself"
    return Tick(name, operations.ALL[name], name, is_on, why_not)


def _role(actor: Actor, role: Role, *, is_on: bool, is_held: bool) -> Tick:
    beyond = [] if is_held else [name for name in role.operations if not actor.may(name)]
    detail = f"{len(role.operations)} operation{'' if len(role.operations) == 1 else 's'}"
    return Tick(role.id, role.name, detail, is_on, f"It includes {beyond[0]}, which you do not hold" if beyond else "")
