"""The hosted Inbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.inbox import CLAIM_MINUTES, Inbox, InboxItem, InboxKind, Snooze
from backoffice.core import audit
from backoffice.inbox import gather
from backoffice.inbox.models import KINDS, LONGEST_TARGET, Mark, Target
from backoffice.inbox.sources import SOURCES

LONGEST_SNOOZE, LONGEST_REASON = timedelta(days=30), 200
# Another's claim stands until it expires; the row's lock lets two who claim at once see one another.
CLAIM = """
    INSERT INTO inbox_mark AS m (kind, subject_id, claimed_by, claimed_name, claimed_until)
    VALUES (%(kind)s, %(subject_id)s, %(me)s, %(name)s, now() + make_interval(mins => %(minutes)s))
    ON CONFLICT (kind, subject_id) DO UPDATE SET claimed_by = excluded.claimed_by, claimed_name = excluded.claimed_name,
        claimed_until = excluded.claimed_until, snoozed_name = NULL, snoozed_until = NULL, snooze_reason = NULL
    WHERE m.claimed_until IS NULL OR m.claimed_until <= now() OR m.claimed_by = excluded.claimed_by
    RETURNING 1
"""
SNOOZE = """
    INSERT INTO inbox_mark AS m (kind, subject_id, snoozed_name, snoozed_until, snooze_reason)
    VALUES (%(kind)s, %(subject_id)s, %(name)s, %(until)s, %(reason)s)
    ON CONFLICT (kind, subject_id) DO UPDATE SET snoozed_name = excluded.snoozed_name, snoozed_until = excluded.snoozed_until,
        snooze_reason = excluded.snooze_reason, claimed_by = NULL, claimed_name = NULL, claimed_until = NULL
    WHERE m.claimed_until IS NULL OR m.claimed_until <= now() OR m.claimed_by = %(me)s
    RETURNING 1
"""
# Marks of what is over, a few at a time; what somebody has locked is somebody's.
TIDY = """
    DELETE FROM inbox_mark WHERE (kind, subject_id) IN (
        SELECT kind, subject_id FROM inbox_mark WHERE coalesce(claimed_until, snoozed_until, '-infinity') < now() - interval '1 day'
        LIMIT 50 FOR UPDATE SKIP LOCKED
    )
"""


def find(actor: Actor, *, kind: InboxKind | None = None, is_snoozed: bool = False, limit: int = 100) -> Inbox:
    return gather.gather(actor, kind=kind, is_snoozed=is_snoozed, limit=limit)


def get(actor: Actor, kind: InboxKind, subject_id: str) -> InboxItem:
    return gather.one(actor, kind, subject_id)


def claim(actor: Actor, kind: InboxKind, subject_id: str) -> None:
    item = gather.one(actor, kind, subject_id)
    _marked(actor, item, CLAIM, {"minutes": CLAIM_MINUTES})
    if not item.is_claimed_by_me:
        _changed(actor, item, {"claimedBy": item.claimed_by}, {"claimedBy": actor.name})


def release(actor: Actor, kind: InboxKind, subject_id: str) -> None:
    item = gather.one(actor, kind, subject_id)
    row = Mark.objects.select_for_update().filter(kind=kind, subject_id=subject_id).first()
    if row is None or row.claimed_until is None or row.claimed_until <= timezone.now():
        return
    if row.claimed_by != _key(actor):
        raise _taken(row.claimed_name)
    row.delete()
    _changed(actor, item, {"claimedBy": row.claimed_name}, {"claimedBy": None})


def snooze(actor: Actor, kind: InboxKind, subject_id: str, snooze: Snooze) -> None:
    reason = snooze.reason.strip()
    now = timezone.now()
    faults = {
        "until": [] if now < snooze.until <= now + LONGEST_SNOOZE else [f"must be ahead, within {LONGEST_SNOOZE.days} days"],
        "reason": [] if 1 <= len(reason) <= LONGEST_REASON and reason.isprintable() else [f"Expected 1 to {LONGEST_REASON} printable characters."],
    }
    if found := {name: reasons for name, reasons in faults.items() if reasons}:
        raise Invalid("It cannot be put off like this.", fields=found)
    item = gather.one(actor, kind, subject_id)
    _marked(actor, item, SNOOZE, {"until": snooze.until, "reason": reason})
    before = {"snoozedUntil": audit.as_text(item.snoozed_until), "claimedBy": item.claimed_by}
    _changed(actor, item, before, {"snoozedUntil": audit.as_text(snooze.until), "snoozeReason": reason, "claimedBy": None})


def wake(actor: Actor, kind: InboxKind, subject_id: str) -> None:
    item = gather.one(actor, kind, subject_id)
    Mark.objects.filter(kind=kind, subject_id=subject_id, snoozed_until__isnull=False).delete()
    _changed(actor, item, {"snoozedUntil": audit.as_text(item.snoozed_until)}, {"snoozedUntil": None})


def targets(actor: Actor) -> dict[InboxKind, int]:  # noqa: ARG001  verbs are told who asks
    given = dict(Target.objects.values_list("kind", "minutes"))
    return {kind: given.get(kind, source.minutes) for kind, source in SOURCES.items()}


def set_targets(actor: Actor, targets: Mapping[InboxKind, int]) -> None:
    unknown = {str(kind): ["is no kind of the inbox"] for kind in targets if kind not in KINDS}
    wrong = {str(kind): [f"must be 1 to {LONGEST_TARGET} minutes"] for kind, minutes in targets.items() if not 1 <= minutes <= LONGEST_TARGET}
    if faults := {**wrong, **unknown}:
        raise Invalid("The targets are not valid.", fields=faults)
    before = _targets(actor)
    rows = [Target(kind=kind, minutes=minutes) for kind, minutes in targets.items()]
    Target.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind"], update_fields=["minutes"])
    audit.changed(actor, "inbox_targets", "inbox", before, _targets(actor))


def kinds(actor: Actor) -> Sequence[InboxKind]:
    return gather.kinds_of(actor)


def _targets(actor: Actor) -> dict[str, str | None]:
    return {kind: str(minutes) for kind, minutes in targets(actor).items()}


def _marked(actor: Actor, item: InboxItem, sql: str, more: Mapping[str, int | str | datetime]) -> None:
    """Refuses: Conflict (another has it)."""
    values: dict[str, int | str | datetime] = {"kind": item.kind, "subject_id": item.subject_id, "me": _key(actor), "name": actor.name, **more}
    with connection.cursor() as cursor:
        cursor.execute(TIDY)
        cursor.execute(sql, values)
        if cursor.fetchone() is None:
            # Read anew: who has it may have come between.
            raise _taken(Mark.objects.filter(kind=item.kind, subject_id=item.subject_id).values_list("claimed_name", flat=True).first())


def _taken(name: str | None) -> Conflict:
    return Conflict(f"{name or 'Somebody else'} works at this.", code="claimed")


def _key(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def _changed(actor: Actor, item: InboxItem, before: audit.State, after: audit.State) -> None:
    # The trail's ids are short and hosts may be long; what it is about is in the fields as well.
    audit.changed(actor, "inbox_item", f"{item.kind}:{item.subject_id}"[:64], before, {**after, "subject": item.subject_id})
