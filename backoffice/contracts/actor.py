"""Who acts, through what, and what they may."""

from typing import Literal

import msgspec

Door = Literal["api", "portal", "cli", "job"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` and `id` say who for ever; `name` is how people read it. `record` is the audit record of the running change.

    `user_id` is the user of the broker who acts here, for whom another issuer vouches; None for staff and for programs.
    """

    kind: Literal["operator", "client", "system"]
    id: str
    name: str
    door: Door
    operations: frozenset[str]
    trace_id: str = ""
    record: int | None = None
    user_id: str | None = None

    def may(self, operation: str) -> bool:
        return operation in self.operations
