"""What somebody may see, follows and has not read, as one query."""

from django.db.models import BigIntegerField, Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from backoffice.contracts.actor import Actor
from backoffice.notifications.models import SEVERITIES, AdminNotification, Reader, ReadMark, Subscription


def reader(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def by(actor: Actor) -> QuerySet[AdminNotification]:
    """Those that have arrived and that the actor holds the operations for."""
    return AdminNotification.objects.filter(number__isnull=False, operations__contained_by=sorted(actor.operations))


def followed(rows: QuerySet[AdminNotification], who: str) -> QuerySet[AdminNotification]:
    chosen = Subscription.objects.filter(reader_id=who, type=OuterRef("type")).values("least")
    ranks = [When(severity=severity, then=Value(rank)) for rank, severity in enumerate(SEVERITIES)]
    return rows.alias(least=Coalesce(Subquery(chosen, output_field=IntegerField()), 0), rank=Case(*ranks, output_field=IntegerField())).filter(
        rank__gte=F("least")
    )


def is_read(who: str) -> Q:
    up_to = Reader.objects.filter(pk=who).values("read_up_to")
    marked = Exists(ReadMark.objects.filter(reader_id=who, notification=OuterRef("pk")))
    return Q(number__lte=Coalesce(Subquery(up_to, output_field=BigIntegerField()), 0)) | Q(marked)


def unread(rows: QuerySet[AdminNotification], who: str) -> QuerySet[AdminNotification]:
    return rows.exclude(is_read(who))
