"""A call as the guard sees it before it happens: what is asked, by whom it may be asked, and what it is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backoffice import facts
from backoffice.contracts.actor import Actor
from backoffice.contracts.facts import Facts
from backoffice.permissions import Rule


@dataclass(frozen=True)
class Call:
    """`arguments` by their names, the actor left out."""

    action: str
    rule: Rule
    arguments: Mapping[str, Any]

    @cached_property
    def facts(self) -> Facts:
        """What it is about, asked of the database once, and only if somebody wants to know."""
        return facts.of(self.arguments)


# Returns, or refuses the call.
Gate = Callable[[Actor, Call], None]
