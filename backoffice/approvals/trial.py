"""What a call would change: it is done in a transaction that is taken back, and told so that two such trials can be compared."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, NoReturn

import msgspec
from django.db import connection, transaction

from backoffice.approvals import acts, subjects
from backoffice.calls import Call
from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import AuditChange
from backoffice.core import audit, models
from backoffice.permissions import Writes

# What is made of the moment: ids and instants. Those that the call itself names, or that stood there before, are kept.
OF_THE_MOMENT = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-f]{24}\b"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?"
)
Texts = Mapping[str, str | None]


class Shown(NamedTuple):
    """What others are asked to approve of, and the hash that binds them to it. `about` is of what cannot be tried."""

    changes: list[AuditChange]
    about: dict[str, str]
    hash: str


class _TakenBackError(Exception):
    def __init__(self, changes: list[AuditChange]) -> None:
        super().__init__()
        self.changes = changes


def shown(maker: Actor, call: Call) -> Shown:
    """Refuses: whatever the call itself would refuse, where it can be tried."""
    changes = comparable(_tried(maker, call), call) if isinstance(call.rule, Writes) else []
    about = {} if changes else subjects.about(call)
    return Shown(changes, about, shown_hash(call, changes, about))


def shown_hash(call: Call, changes: list[AuditChange], about: Mapping[str, str]) -> str:
    return acts.keyed_hash([call.action.encode(), acts.written(call.arguments), msgspec.json.encode([changes, about], order="deterministic")])


def comparable(changes: Sequence[AuditChange], call: Call) -> list[AuditChange]:
    """In one order whatever order they were made in; new objects are new-1, new-2..., other things of the moment a dash."""
    kept = acts.written(call.arguments).decode() + " ".join(text or "" for change in changes for text in change.before.values())
    names = _names(changes, kept)
    found = [
        AuditChange(
            object_type=change.object_type,
            object_id=names.get(change.object_id, change.object_id),
            before=change.before,
            after=_after(change.after, names, kept),
        )
        for change in changes
    ]
    return sorted(found, key=lambda change: (change.object_type, change.object_id, msgspec.json.encode(change.after)))


def changes_since(record: int, maker: Actor, action: str) -> list[AuditChange]:
    """Of the maker's newest record of this action behind that one; what this transaction has just done."""
    rows = models.AuditRecord.objects.filter(pk__gt=record, action=action, actor_kind=maker.kind, actor_id=maker.id)
    newest = rows.order_by("-pk").values_list("pk", flat=True).first()
    return list(_changes(newest)) if newest is not None else []


def newest_record() -> int:
    return models.AuditRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _tried(maker: Actor, call: Call) -> list[AuditChange]:
    act = acts.known(call.action)
    if act is None:
        raise RuntimeError(f"nothing is known of {call.action}")
    try:
        _try(maker, call, act)
    except _TakenBackError as done:
        return done.changes


def _try(maker: Actor, call: Call, act: acts.Act) -> NoReturn:
    with transaction.atomic():
        recorded = audit.open_record(maker, call.action)
        act.act(recorded, **call.arguments)
        with connection.cursor() as cursor:
            # What is checked at the end of a transaction only is checked now: there will be no such end.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        raise _TakenBackError(list(_changes(recorded.record)))


def _changes(record: int | None) -> Iterator[AuditChange]:
    for row in models.AuditChange.objects.filter(record_id=record).order_by("pk"):
        yield AuditChange(object_type=row.object_type, object_id=row.object_id, before=row.before, after=row.after)


def _names(changes: Iterable[AuditChange], kept: str) -> dict[str, str]:
    """For objects that the call makes under an id of their own choice."""
    made = [change.object_id for change in changes if not change.before and change.object_id not in kept]
    return {id: f"new-{number}" for number, id in enumerate(dict.fromkeys(made), start=1)}


def _after(after: Texts, names: Mapping[str, str], kept: str) -> dict[str, str | None]:
    """Where fields are named by ids, those of the moment are told apart by what they hold."""
    plain = {name: _plain(text, names, kept) for name, text in after.items()}
    made = sorted((name for name in plain if _plain(name, {}, kept) != name), key=lambda name: (str(plain[name]), name))
    new = {name: f"new-{number}" for number, name in enumerate(made, start=1)}
    return {new.get(name, name): text for name, text in plain.items()}


def _plain(text: str | None, names: Mapping[str, str], kept: str) -> str | None:
    if text is None:
        return None
    for id, name in names.items():
        text = text.replace(id, name)
    return OF_THE_MOMENT.sub(lambda found: found.group(0) if found.group(0) in kept or _as_written(found.group(0)) in kept else "—", text)


def _as_written(text: str) -> str:
    """An instant as arguments spell it."""
    try:
        return msgspec.json.encode(datetime.fromisoformat(text)).decode().strip('"')
    except ValueError:
        return text
