"""Writing the audit trail: the guard opens a record, a domain function adds the objects it changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from backoffice.access import note
from backoffice.contracts.actor import Actor
from backoffice.core.models import AuditChange, AuditRecord
from backoffice.trace_ids import current

State = Mapping[str, str | None]


def open_record(actor: Actor, action: str) -> Actor:
    """The same actor, now with the record that its changes belong to: all of them in the transaction that writes it, for then it is sealed."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"a record of {action} outside of a transaction: its changes might miss it")
    record = AuditRecord.objects.create(
        at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        door=actor.door,
        action=action,
        trace_id=actor.trace_id or current(),
        reason=actor.reason,
    )
    note(action=action)
    return msgspec.structs.replace(actor, record=record.pk)


def changed(actor: Actor, object_type: str, object_id: str, before: State, after: State) -> None:
    """Add one object's change; fields that are equal on both sides are left out, and so is a change without any."""
    changed_all(actor, object_type, [(object_id, before, after)])


def changed_all(actor: Actor, object_type: str, changes: Iterable[tuple[str, State, State]]) -> None:
    """As `changed`, for many objects of one type in one statement: id, before, after."""
    if actor.record is None:
        raise RuntimeError(f"a change of {object_type} without an audit record: it must come through the guard")
    AuditChange.objects.bulk_create(
        AuditChange(
            record_id=actor.record,
            object_type=object_type,
            object_id=object_id,
            before={name: before[name] for name in difference if name in before},
            after={name: after[name] for name in difference if name in after},
        )
        for object_id, before, after in changes
        if (difference := differing(before, after))
    )


def read(actor: Actor, action: str, object_type: str, object_id: str, rows: int, facts: State | None = None) -> None:
    """A record of its own that somebody took so many rows of this with them, or saw what is not for everybody."""
    with transaction.atomic():
        record = open_record(actor, action).record
        assert record is not None
        AuditChange.objects.create(record_id=record, object_type=object_type, object_id=object_id, before={}, after=dict(facts or {}), read_rows=rows)


def differing(before: State, after: State) -> list[str]:
    """Names whose values differ, in the order of `after`, then of `before`."""
    names = [*after, *(name for name in before if name not in after)]
    return [name for name in names if before.get(name) != after.get(name)]


def as_state(value: msgspec.Struct, *, without: Iterable[str] = ()) -> dict[str, str | None]:
    """A contract value as flat text by wire name, nested names joined by dots; what the trail stores and shows."""
    flat: dict[str, str | None] = {}
    _flatten("", msgspec.to_builtins(value, builtin_types=(Decimal, datetime)), flat)
    return {name: text for name, text in flat.items() if name.split(".")[0] not in set(without)}


def as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _flatten(name: str, value: Any, into: dict[str, str | None]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(f"{name}.{key}" if name else key, inner, into)
    elif isinstance(value, list | tuple):
        into[name] = ";".join(msgspec.json.encode(item).decode() if isinstance(item, dict | list) else str(item) for item in value)
    else:
        into[name] = as_text(value)
