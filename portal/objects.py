"""The pieces of every object's page: its tabs and the acts that its state allows."""

from dataclasses import dataclass
from typing import NamedTuple

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.guard import RULES, permitted


@dataclass(frozen=True)
class Tab:
    label: str
    href: str
    is_current: bool
    count: int | None = None


class Act(NamedTuple):
    """A next step. `asks`: the address answers with a question first. With `missing` it is shown, disabled, naming the operation."""

    label: str
    icon: str
    href: str
    missing: str = ""
    asks: bool = False
    is_primary: bool = False
    is_danger: bool = False


def act(actor: Actor, action: str, label: str, icon: str, href: str, *, asks: bool = False, is_primary: bool = False, is_danger: bool = False) -> Act:
    """`action` is the guard's word, as "markets.update"."""
    operation = RULES[action].operation
    return Act(label, icon, href, "" if actor.may(operation) else operation, asks, is_primary, is_danger)


def demand(actor: Actor, action: str) -> None:
    """For pages whose act the actor could never do. Refuses: NotPermitted."""
    if not permitted(actor, action):
        raise NotPermitted(RULES[action].operation)
