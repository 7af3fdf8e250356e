"""What is hashed: every text of a record with its length before it, so that no two records read alike."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

GENESIS = bytes(32)
# Of these types of objects these fields are about a person.
PERSONAL: Mapping[str, frozenset[str]] = {"user": frozenset({"email", "name"})}
NONE = b"-"
# Numbers stay the text that they are in the database.
READ = msgspec.json.Decoder(dict[str, Any], float_hook=str)


class Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


class Record(NamedTuple):
    """`at` in microseconds since 1970."""

    id: int
    at: int
    actor_kind: str
    actor_id: str
    actor_name: str
    door: str
    action: str
    trace_id: str
    reason: str


class Change(NamedTuple):
    id: int
    object_type: str
    object_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    read_rows: int | None


def link_hash(number: int, previous: bytes, record: Record, changes: Iterable[tuple[Change, bytes | None]]) -> bytes:
    """`changes` in the order of their ids, each with the digest of its personal fields."""
    hashed = hashlib.sha256()
    _texts(hashed, (str(number), previous.hex(), *map(str, record)))
    for change, digest in changes:
        personal = PERSONAL.get(change.object_type, frozenset())
        _texts(hashed, (str(change.id), change.object_type, change.object_id, None if change.read_rows is None else str(change.read_rows)))
        for side in (change.before, change.after):
            _fields(hashed, {name: value for name, value in side.items() if name not in personal})
        _texts(hashed, (digest.hex() if digest else None,))
    return hashed.digest()


def personal_digest(change: Change, salt: bytes) -> bytes:
    personal = PERSONAL[change.object_type]
    hashed = hashlib.sha256(salt)
    for side in (change.before, change.after):
        _fields(hashed, {name: value for name, value in side.items() if name in personal})
    return hashed.digest()


def is_personal(change: Change) -> bool:
    personal = PERSONAL.get(change.object_type)
    return personal is not None and not personal.isdisjoint({*change.before, *change.after})


def is_erased(change: Change, mark: str) -> bool:
    personal = PERSONAL[change.object_type]
    return all(value in (None, mark) for side in (change.before, change.after) for name, value in side.items() if name in personal)


def _fields(hashed: Hash, fields: Mapping[str, Any]) -> None:
    _texts(hashed, (str(len(fields)),))
    for name in sorted(fields):
        _texts(hashed, (name, _text(fields[name])))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _texts(hashed: Hash, texts: Iterable[str | None]) -> None:
    for text in texts:
        if text is None:
            hashed.update(NONE)
        else:
            encoded = text.encode()
            hashed.update(b"%d:%b" % (len(encoded), encoded))
