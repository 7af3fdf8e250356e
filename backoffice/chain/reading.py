"""Records and their changes as the chain hashes them, many at once."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from django.db import connection

from backoffice.chain.canonical import READ, Change, Record

RECORDS = """
SELECT id, (extract(epoch FROM at) * 1000000)::bigint, actor_kind, actor_id, actor_name, door, action, trace_id, reason
FROM core_auditrecord WHERE id = ANY(%s)
"""
CHANGES = """
SELECT c.record_id, c.id, c.object_type, c.object_id, c.before::text, c.after::text, c.read_rows, s.digest, s.salt
FROM unnest(%s::bigint[]) WITH ORDINALITY wanted(id, place)
JOIN core_auditchange c ON c.record_id = wanted.id LEFT JOIN chain_seal s ON s.change_id = c.id
ORDER BY wanted.place, c.id
"""
HELD = 2_000


class Sealed(NamedTuple):
    """A change with the digest and the salt of its personal fields, where they were sealed."""

    change: Change
    digest: bytes | None
    salt: bytes | None


def records(ids: Sequence[int]) -> dict[int, Record]:
    with connection.cursor() as cursor:
        cursor.execute(RECORDS, [list(ids)])
        return {row[0]: Record(*row) for row in cursor.fetchall()}


class Changes:
    """Of records that are asked for one after another, in the order of their ids; a few thousand in memory, however many a record has."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._groups = groupby(_rows(ids), key=lambda found: found[0])
        self._next = next(self._groups, None)

    def of(self, record_id: int) -> Iterator[Sealed]:
        """To be read to its end before the next record's are asked for."""
        if self._next is not None and self._next[0] == record_id:
            for _, sealed in self._next[1]:
                yield sealed
            self._next = next(self._groups, None)


def _rows(ids: Sequence[int]) -> Iterator[tuple[int, Sealed]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHANGES, [list(ids)])
        while rows := cursor.fetchmany(HELD):
            for record_id, id, kind, object_id, before, after, read_rows, digest, salt in rows:
                change = Change(id, kind, object_id, READ.decode(before), READ.decode(after), read_rows)
                yield record_id, Sealed(change, digest and bytes(digest), salt and bytes(salt))
