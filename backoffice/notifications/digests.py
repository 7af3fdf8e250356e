"""Digests by mail: each slot of a reader is entered once, claimed by one sender at a time, sent, and marked."""

import logging
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.notifications import DueDigest
from backoffice.core import arming, mail
from backoffice.core.crashes import crash
from backoffice.notifications import arrivals, letter, reading, seen, slots
from backoffice.notifications.models import AdminNotification, Digest, Reader

log = logging.getLogger(__name__)
OPERATOR = "operator:"
# Longer than a talk with a mail server may take.
LEASE = timedelta(minutes=5)
GAPS = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 5, 15, 45))
MOST = 100


def take_due_digests(actor: Actor) -> list[DueDigest]:  # noqa: ARG001  verbs are told who asks
    if not arming.is_armed():
        return []
    arrivals.number()
    now = timezone.now()
    for reader in Reader.objects.exclude(rhythm="Off").filter(pk__startswith=OPERATOR):
        if slots.last(reader.rhythm, reader.digest_at, reader.zone, now) > (reader.digest_from or now):
            _enter(reader.pk)
    rows = _due().order_by("next_attempt_at", "pk")[:MOST]
    return [DueDigest(id=row.pk, operator_id=row.operator_id) for row in rows]


def send_digest(actor: Actor, digest_id: int, recipient: str) -> None:
    claimed = _claim(actor, digest_id)
    if claimed is None:
        return
    row, token = claimed
    found = _of(actor, row)
    if not found:
        _end(row, token, "Empty", None)
        return
    try:
        message = letter.write(row, [reading.shown(one, is_read=False) for one in found[: letter.MOST]], len(found), recipient)
        crash("digest_before_sending")
        mail.hand_over(message)
        crash("digest_after_sending")
    except mail.Refused as error:
        _end(row, token, "Failed", str(error))
    except mail.NotNow as error:
        _later(row, token, str(error))
    else:
        _end(row, token, "Sent", None)


def abandon_digest(actor: Actor, digest_id: int, *, reason: str) -> None:  # noqa: ARG001  verbs are told who asks
    Digest.objects.filter(pk=digest_id, state="Waiting").update(state="Failed", reason=reason[:500], finished_at=Now())


def _enter(reader_id: str) -> None:
    """What arrived behind the last digest, up to now, belongs to this one: a slot that was missed is in the next."""
    with transaction.atomic():
        reader = Reader.objects.select_for_update(of=("self",)).get(pk=reader_id)
        now = timezone.now()
        slot = slots.last(reader.rhythm, reader.digest_at, reader.zone, now) if reader.rhythm != "Off" else now
        latest = AdminNotification.objects.aggregate(latest=Max("number"))["latest"] or 0
        if reader.rhythm == "Off" or slot <= (reader.digest_from or now):
            return
        Digest.objects.create(operator_id=reader_id.removeprefix(OPERATOR), slot=slot, behind=reader.digest_number, up_to=latest, next_attempt_at=now)
        reader.digest_number, reader.digest_from = max(latest, reader.digest_number), slot
        reader.save(update_fields=["digest_number", "digest_from"])


def _due() -> QuerySet[Digest]:
    return Digest.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), state="Waiting", next_attempt_at__lte=Now())


def _claim(actor: Actor, digest_id: int) -> tuple[Digest, UUID] | None:
    """None when it is another's, somebody sends it, or it was tried often enough. An attempt counts from here on."""
    token = uuid4()
    with transaction.atomic():
        row = _due().select_for_update(skip_locked=True, of=("self",)).filter(pk=digest_id, operator_id=actor.id).first()
        if row is None:
            return None
        if row.attempts >= len(GAPS):
            abandon_digest(actor, row.pk, reason=row.reason or "Its worker stopped each time it was tried.")
            return None
        Digest.objects.filter(pk=row.pk).update(lease_token=token, lease_until=Now() + LEASE, attempts=F("attempts") + 1)
    row.attempts += 1
    return row, token


def _of(actor: Actor, row: Digest) -> list[AdminNotification]:
    who = seen.reader(actor)
    within = seen.by(actor).filter(number__gt=row.behind, number__lte=row.up_to)
    return list(seen.unread(seen.followed(within, who), who).order_by("-number")[: reading.MOST])


def _later(row: Digest, token: UUID, reason: str) -> None:
    if row.attempts >= len(GAPS):
        _end(row, token, "Failed", reason)
        return
    mine = Digest.objects.filter(pk=row.pk, lease_token=token, state="Waiting")
    mine.update(lease_token=None, lease_until=None, reason=reason[:500], next_attempt_at=Now() + GAPS[row.attempts])


def _end(row: Digest, token: UUID, state: str, reason: str | None) -> None:
    mine = Digest.objects.filter(pk=row.pk, lease_token=token, state="Waiting")
    ended = mine.update(state=state, reason=reason and reason[:500], finished_at=Now(), lease_token=None, lease_until=None)
    if not ended:
        log.warning("digest %s was claimed by another worker while it was sent", row.pk)
