"""The chainer: gives every record its number and hash, one process at a time, behind what was recorded and never in its way.

Which records have no link yet is asked by their transactions, never by "id above the last one": an id is taken before its transaction ends,
so that a smaller one may appear behind a larger one. All transactions below `settled` had ended when it was written, and were linked.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import Error, connection, transaction
from django.utils import timezone

from backoffice.chain import canonical, models
from backoffice.chain.reading import Changes, Sealed, records
from backoffice.core import copying
from backoffice.notifications.post import post

LOCK = 4_217_060
BATCH = 1_000
# A pass ends behind so many; the next one goes on.
MOST = 100_000
LONGEST_SECONDS = 120.0
LATE = timedelta(seconds=60)
NOW = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    (SELECT system_identifier::text FROM pg_control_system())
"""
UNLINKED = "NOT EXISTS (SELECT FROM chain_link l WHERE l.record_id = r.id)"
SINCE = f"SELECT id FROM core_auditrecord r WHERE transaction_id >= %s AND transaction_id < %s AND {UNLINKED} ORDER BY id LIMIT {MOST + 1}"  # noqa: S608  texts of ours only
ALL = f"SELECT id FROM core_auditrecord r WHERE {UNLINKED} ORDER BY id LIMIT {MOST + 1}"  # noqa: S608  as above
OLDEST = f"""
SELECT min(at) FROM (SELECT at FROM core_auditrecord r WHERE transaction_id >= %s AND {UNLINKED} ORDER BY transaction_id LIMIT 1000) waiting
"""  # noqa: S608  as above


def extend() -> int:
    """How many records were linked; none when another process is at it."""
    with _turn() as is_ours:
        return _extended() if is_ours else 0


def _extended() -> int:
    state = models.State.objects.filter(pk=1).first()
    if state:
        _tell_if_late(state)
    settled, behind, cluster = _now()
    # In a restored copy the numbers of transactions begin anew, so there all of the trail is looked through once.
    is_known = state is not None and state.cluster == cluster
    ids = _unlinked((state.settled, behind) if state and is_known else None)
    until = time.monotonic() + LONGEST_SECONDS
    linked = 0
    for start in range(0, min(len(ids), MOST), BATCH):
        batch = ids[start : min(start + BATCH, MOST)]
        _link(batch)
        linked += len(batch)
        if time.monotonic() > until:
            break
    if linked == len(ids):
        models.State.objects.update_or_create(pk=1, defaults={"cluster": cluster, "settled": settled, "settled_at": timezone.now()})
    return linked


def _now() -> tuple[int, int, str]:
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        settled, behind, cluster = cursor.fetchone()
    return settled, behind, cluster


def _unlinked(between: tuple[int, int] | None) -> list[int]:
    with connection.cursor() as cursor:
        if between is None:
            cursor.execute(ALL)
        else:
            cursor.execute(SINCE, between)
        return [id for (id,) in cursor.fetchall()]


def _link(ids: Sequence[int]) -> None:
    """All of them or none: the next pass begins where this one ended."""
    with transaction.atomic():
        last = models.Link.objects.order_by("-number").first()
        number, previous = (last.number, bytes(last.hash)) if last else (0, canonical.GENESIS)
        found, changes = records(ids), Changes(ids)
        lines: list[str] = []
        for id in ids:
            number += 1
            hash = canonical.link_hash(number, previous, found[id], _sealed(changes.of(id)))
            lines.append(f"{number}\t{id}\t\\\\x{previous.hex()}\t\\\\x{hash.hex()}\n")
            previous = hash
        copying.copy("chain_link", ("number", "record_id", "previous", "hash"), lines)


def _sealed(changes: Iterator[Sealed]) -> Iterator[tuple[canonical.Change, bytes | None]]:
    seals: list[models.Seal] = []
    for found in changes:
        change, digest = found.change, None
        if canonical.is_personal(change):
            salt = secrets.token_bytes(16)
            digest = canonical.personal_digest(change, salt)
            seals.append(models.Seal(change_id=change.id, salt=salt, digest=digest))
        yield change, digest
    models.Seal.objects.bulk_create(seals)


def waiting_since(state: models.State) -> timedelta:
    """How long the oldest record waits that has no link; nothing where the chainer has just left none."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST, [state.settled])
        (oldest,) = cursor.fetchone()
    now = timezone.now()
    return max(timedelta(), min(now - oldest, now - state.settled_at)) if oldest else timedelta()


def _tell_if_late(state: models.State) -> None:
    late = waiting_since(state)
    if late > LATE:
        post("AuditChainLags", "warning", {"seconds": int(late.total_seconds())}, key=f"audit-chain:{state.settled_at:%Y-%m-%dT%H:%M}")


@contextmanager
def _turn() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        yield False
        return
    try:
        yield True
    finally:
        # A connection that broke has given it back by breaking.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
