"""The audit trail: who did what, what stood there before, what was read, and what an object was at an instant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value

# Types of objects whose changes say all of them, from their making on.
WHOLE = ("market", "asset", "market_group", "calendar", "commission_profile", "commission_rule", "commission_assignment", "role")


class AuditChange(Value, frozen=True, kw_only=True):
    """One object's part of a change; before and after hold the fields that differ, by wire name, as text. `read_rows`: nothing changed, so many
    rows of it were read."""

    object_type: str
    object_id: str
    before: dict[str, str | None]
    after: dict[str, str | None]
    read_rows: int | None = None


class AuditRecord(Value, frozen=True, kw_only=True):
    """`number` is its place in the chain; None while it waits for its link."""

    id: int
    at: datetime
    actor_kind: str
    actor_name: str
    door: str
    action: str
    trace_id: str
    reason: str
    changes: list[AuditChange]
    change_count: int
    number: int | None = None


class AsOfPart(Value, frozen=True, kw_only=True):
    """Something that the object holds, with changes of its own: then and now, None where it was not or is no more."""

    object_type: str
    object_id: str
    state: dict[str, str | None] | None
    now: dict[str, str | None] | None


class AsOf(Value, frozen=True, kw_only=True):
    """An object at an instant and now, as text by wire name without what is empty; None where it was not yet or is no more. `is_partial`: it is
    older than the trail, so that only fields that ever changed are known."""

    at: datetime
    state: dict[str, str | None] | None
    now: dict[str, str | None] | None
    is_partial: bool
    changes_since: int
    changed_at: datetime | None
    changed_by: str
    parts: list[AsOfPart]


# What is taken or seen and changes nothing, and is on record all the same; what the domain hands out is recorded there.
Taken = Literal["lists.export", "ledger.statement", "users.show"]


class Audit(Protocol):
    def find(
        self,
        actor: Actor,
        *,
        object_type: str | None = None,
        object_id: str | None = None,
        actor_name: str | None = None,
        action: str | None = None,
        door: str | None = None,
        trace_id: str | None = None,
        reason: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[AuditRecord]:
        """Newest first, records older than id `before`, from `start` on and up to but without `end`; each with up to 20 of its changes.
        `reason` is a part of it, however it is cased."""

    def timeline(
        self, actor: Actor, object_type: str, object_id: str, *, before: int | None = None, limit: int = 50, is_change: bool = False
    ) -> list[AuditRecord]:
        """What happened to one object, newest first, for whoever may see that object; with `is_change` not who read of it."""

    def took(
        self, actor: Actor, action: Taken, object_type: str, object_id: str, *, rows: int, facts: Mapping[str, str | None] | None = None
    ) -> None:
        """Put on record what the actor took along or saw, with no more of it in `facts` than how it was asked for."""

    def as_of(self, actor: Actor, object_type: str, object_id: str, *, at: datetime) -> AsOf:
        """What it was then, for whoever may see it. Refuses: NotPermitted, NotFound (nothing is on record), Invalid (of a type that cannot be, or
        in the future)."""

    def latest(self, actor: Actor) -> int:
        """The id of the newest record: the cursor of live updates."""

    def touched(self, actor: Actor, object_type: str, *, since: int) -> int:
        """How many objects of a type changed in records after `since`."""
