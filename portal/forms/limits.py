"""Limits of roles and API clients in forms: groups as ticks, none ticked being no limit, and the largest amount of one call."""

from collections.abc import Sequence
from typing import NamedTuple

from backoffice.contracts.actor import Actor, Scope
from backoffice.services import back_api
from portal.forms.form import Field, Form, as_text
from portal.forms.operations import Tick

MARKETS, ACCOUNTS, MOST = "marketGroups", "accountGroups", "most"
FIELDS = (
    Field(name=MARKETS, label="Market groups", kind="choices"),
    Field(name=ACCOUNTS, label="Account groups", kind="choices"),
    Field(name=MOST, label="At most in one call", kind="decimal", hint="In the root asset; nothing: no limit"),
)
NAMES = frozenset(field.name for field in FIELDS)


class Limit(NamedTuple):
    name: str
    legend: str
    ticks: Sequence[Tick]
    errors: Sequence[str]


def texts(scope: Scope) -> dict[str, str]:
    """As a form holds them."""
    groups = {MARKETS: scope.market_groups, ACCOUNTS: scope.account_groups}
    return {name: ",".join(sorted(ids or ())) for name, ids in groups.items()} | {MOST: as_text(scope.most)}


def scope(form: Form) -> Scope:
    """Refuses: Invalid."""
    given = form.typed()
    markets, accounts = (frozenset(given[name]) or None for name in (MARKETS, ACCOUNTS))
    return Scope(market_groups=markets, account_groups=accounts, most=given[MOST])


def shown(actor: Actor, form: Form) -> list[Limit]:
    """Of whoever may not see groups only those that are ticked have a tick."""
    names: dict[str, list[tuple[str, str]]] = {MARKETS: [], ACCOUNTS: []}
    if actor.may("view-common"):
        names[MARKETS] = [(one.market_group_id, one.name) for one in back_api().market_groups.find(actor)]
        names[ACCOUNTS] = [(one.account_group_id, one.name) for one in back_api().account_groups.find(actor)]
    return [_limit(form, field, names[field.name]) for field in FIELDS if field.name in names]


def words(scope: Scope) -> list[str]:
    """What a list tells of them in short."""
    groups = (("markets of", scope.market_groups), ("accounts of", scope.account_groups))
    found = [f"{what} {', '.join(sorted(ids))}" for what, ids in groups if ids is not None]
    return found if scope.most is None else [*found, f"up to {as_text(scope.most)} at once"]


def _limit(form: Form, field: Field, known: list[tuple[str, str]]) -> Limit:
    on = [one for one in form.values.get(field.name, "").split(",") if one]
    labels = dict(known) | {id: id for id in on if id not in dict(known)}
    ticks = [Tick(id, label, id, id in on, "") for id, label in labels.items()]
    return Limit(field.name, field.label, ticks, list(form.errors.get(field.name, ())))
