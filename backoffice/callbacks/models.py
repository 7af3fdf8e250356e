"""The outbox of callbacks, every attempt at one, and what their senders may and how their hosts fare.

A callback is inserted in the transaction of the event it tells, by whoever made the event; this app only sends.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from backoffice.contracts.callbacks import AttemptOutcome
from backoffice.core.fields import IdField

WAITING = Q(state="Waiting")


class Callback(models.Model):
    """One event's message to one URL. `body` is what is sent, byte for byte, however often.

    `next_attempt_at` is when somebody should look at the row again: of a waiting one the next try, of one in flight the end of its lease,
    of one whose subject has an earlier message undelivered a moment behind that one.
    """

    webhook_id = IdField(primary_key=True, max_length=36)
    subject_id = IdField(max_length=26)
    seq = models.IntegerField()
    client_id = IdField(max_length=300)
    url = models.TextField()
    host = IdField(max_length=260)
    type = IdField(max_length=40)
    body = models.BinaryField()
    state = IdField(max_length=9, db_default="Waiting")
    attempts = models.IntegerField(db_default=0)
    next_attempt_at = models.DateTimeField(null=True, db_default=Now())
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    dead_reason = models.CharField(max_length=200, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "seq"], name="callback_one_an_event"),
            models.CheckConstraint(name="callback_state", condition=Q(state__in=["Waiting", "Delivered", "Dead"])),
            models.CheckConstraint(name="callback_waits_for_a_time", condition=Q(state="Waiting", next_attempt_at__isnull=False) | ~WAITING),
            models.CheckConstraint(name="callback_ends_once", condition=Q(WAITING, finished_at=None) | (~WAITING & Q(finished_at__isnull=False))),
        ]
        indexes = [
            models.Index(fields=["host", "next_attempt_at"], condition=WAITING, name="callback_due"),
            models.Index(fields=["host", "lease_until"], condition=Q(lease_token__isnull=False), name="callback_in_flight"),
            models.Index(fields=["-created_at", "webhook_id"], name="callback_newest"),
            models.Index(fields=["host", "state", "-created_at"], name="callback_by_host"),
            models.Index(fields=["client_id", "-created_at"], name="callback_by_client"),
            models.Index(fields=["host", "finished_at"], condition=Q(state="Dead"), name="callback_dead"),
        ]


class Attempt(models.Model):
    """One try. `answer` is the head of what the receiver said: it may echo secrets, so few may read it and it does not stay long."""

    pk = models.CompositePrimaryKey("callback_id", "number")
    callback = models.ForeignKey(Callback, models.CASCADE, related_name="tries", db_index=False)
    number = models.IntegerField()
    at = models.DateTimeField()
    milliseconds = models.IntegerField()
    outcome: "models.CharField[AttemptOutcome, AttemptOutcome]" = models.CharField(max_length=9)
    status = models.SmallIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=1024, blank=True)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=~Q(answer=""), name="callback_attempt_answers")]


class ClientSettings(models.Model):
    """Where an API client's callbacks may go: exact hosts, or one wildcard level; with the port where it is not the scheme's own."""

    client_id = IdField(primary_key=True, max_length=300)
    allowed_hosts = ArrayField(models.CharField(max_length=260), default=list)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "callbacks_client"


class Secret(models.Model):
    """A client's signing secret, sealed. At most one is current; an earlier one signs as well until `valid_until`."""

    client_id = IdField(max_length=300)
    key_id = models.CharField(max_length=40)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id"], condition=Q(valid_until=None), name="callback_secret_one_current")]
        indexes = [models.Index(fields=["client_id", "valid_until"], name="callback_secret_by_client")]


class Host(models.Model):
    """How a receiving host fares. `penalty_until` halves its lanes; a paused one is left alone until somebody resumes it."""

    host = IdField(primary_key=True, max_length=260)
    failing_since = models.DateTimeField(null=True)
    penalty_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(null=True)
