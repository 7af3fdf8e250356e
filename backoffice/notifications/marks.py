"""What somebody has read: a mark on each, or one line that everything before it lies behind."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Greatest

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.notifications import models, reading, seen

MOST = 1_000


def mark_read(actor: Actor, ids: Sequence[str]) -> None:
    if len(ids) > MOST:
        raise Invalid("These are too many at once.", fields={"ids": [f"must be at most {MOST}"]})
    numbers = {int(id) for id in ids if id.isascii() and id.isdigit() and len(id) < 20 and int(id) <= reading.LARGEST}
    theirs = seen.by(actor).filter(number__in=numbers).values_list("pk", flat=True)
    marks = [models.ReadMark(reader_id=seen.reader(actor), notification_id=pk) for pk in theirs]
    models.ReadMark.objects.bulk_create(marks, ignore_conflicts=True)


def mark_all_read(actor: Actor, *, up_to: str | None = None) -> None:
    who = seen.reader(actor)
    # Not more than has arrived: what nobody has seen yet is not read.
    latest = models.AdminNotification.objects.aggregate(latest=Max("number"))["latest"] or 0
    number = latest if up_to is None else min(latest, reading.number_of(up_to, "upTo"))
    with transaction.atomic():
        models.Reader.objects.bulk_create([models.Reader(pk=who)], ignore_conflicts=True)
        models.Reader.objects.filter(pk=who).update(read_up_to=Greatest(F("read_up_to"), number))
        models.ReadMark.objects.filter(reader_id=who, notification__number__lte=number).delete()
