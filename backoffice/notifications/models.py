"""The tables of admin notifications: what was told, who has read what, who follows what, and digests of it by mail."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backoffice.contracts.notifications import DigestRhythm, Severity
from backoffice.contracts.told import NotificationType
from backoffice.core.fields import IdField

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
# Behind the severities: of a type that is switched off nothing is followed.
OFF = len(SEVERITIES)


class AdminNotification(models.Model):
    """`key` names the fact: whoever finds it again adds nothing. `data` is typed by `type`; whoever sees it holds all of `operations`.

    `number` is its place in the order of arrival. It has none until its transaction has ended and arrivals.py gives it one.
    """

    type: "models.CharField[NotificationType, NotificationType]" = models.CharField(max_length=40)
    severity: "models.CharField[Severity, Severity]" = models.CharField(max_length=10)
    key = IdField(max_length=200, null=True, unique=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    number = models.BigIntegerField(null=True, unique=True)
    operations = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="notification_by_time"),
            models.Index(fields=["id"], condition=Q(number=None), name="notification_not_numbered"),
        ]
        constraints = [
            models.CheckConstraint(name="notification_severity_is_known", condition=Q(severity__in=SEVERITIES)),
        ]


class Reader(models.Model):
    """Somebody who looks at notifications, `kind:id` of an actor: all up to `read_up_to` are read, of later ones those that have a mark."""

    id = IdField(primary_key=True, max_length=311)
    read_up_to = models.BigIntegerField(default=0)
    rhythm: "models.CharField[DigestRhythm, DigestRhythm]" = models.CharField(max_length=10, default="Off")
    digest_at = models.TimeField(default="08:00")
    zone = models.CharField(max_length=60, default="UTC")
    # The last digest, or the choice of having any: slots up to it, and what had arrived by then, are in no later one.
    digest_from = models.DateTimeField(null=True)
    digest_number = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=~Q(rhythm="Off"), name="reader_with_digest")]
        constraints = [models.CheckConstraint(name="reader_rhythm_is_known", condition=Q(rhythm__in=["Off", "Hourly", "Daily"]))]


class ReadMark(models.Model):
    reader_id = IdField(max_length=311)
    notification = models.ForeignKey(AdminNotification, models.CASCADE, related_name="marks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader_id", "notification"], name="notification_is_read_once")]


class Subscription(models.Model):
    """`least` is the place in SEVERITIES of the least severe that is followed, or OFF. Who has none of a type follows all of it."""

    reader_id = IdField(max_length=311)
    type = models.CharField(max_length=40)
    least = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader_id", "type"], name="subscription_of_a_type_is_one"),
            models.CheckConstraint(name="subscription_severity_is_known", condition=Q(least__gte=0, least__lte=OFF)),
        ]


class Digest(models.Model):
    """One mail to one operator: of what arrived behind `behind`, up to `up_to`, both fixed as it is entered: every try is of the same."""

    operator_id = IdField()
    slot = models.DateTimeField()
    state = models.CharField(max_length=10, default="Waiting")
    reason = models.CharField(max_length=500, null=True)
    behind = models.BigIntegerField()
    up_to = models.BigIntegerField()
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_attempt_at"], condition=Q(state="Waiting"), name="digest_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "slot"], name="digest_of_a_slot_is_one"),
            models.CheckConstraint(name="digest_state_is_known", condition=Q(state__in=["Waiting", "Sent", "Empty", "Failed"])),
        ]
