"""Who acts, through what, and what they may."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

Door = Literal["api", "portal", "cli", "job"]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation of one role reaches; None is everything. `most` is in the root asset, for one call."""

    market_groups: frozenset[str] | None = None
    account_groups: frozenset[str] | None = None
    most: Decimal | None = None


NO_LIMITS = Scope()


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` and `id` say who for ever; `name` is how people read it. `record` is the audit record of the running change.

    `user_id` is the user of the broker who acts here, for whom another issuer vouches; None for staff and for programs.
    `scopes` holds the operations that every role giving them limits, each with the scopes of these roles: one of them must fit.
    `confirmed_at` is when this person last proved to be there; `reason` is why they act, in their words; `approval` is what others approved.
    Who `owes_factor` must set up a second factor before they may do anything of their roles; `operations` says so already.
    """

    kind: Literal["operator", "client", "system"]
    id: str
    name: str
    door: Door
    operations: frozenset[str]
    trace_id: str = ""
    record: int | None = None
    user_id: str | None = None
    scopes: Mapping[str, Sequence[Scope]] = {}
    confirmed_at: datetime | None = None
    reason: str = ""
    approval: str | None = None
    owes_factor: bool = False

    def may(self, operation: str) -> bool:
        return operation in self.operations
