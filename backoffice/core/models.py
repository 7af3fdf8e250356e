"""The audit trail: one record for each state-changing call, one change for each object it touched."""

from django.db import models
from django.db.models import BigIntegerField, Func, Q, TextField
from django.db.models.functions import Cast

from backoffice.core.fields import IdField


class AuditRecord(models.Model):
    """Written by the guard in the transaction of the call it records, whose number the database adds; older records have none."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = IdField(max_length=300)
    actor_name = models.CharField(max_length=150)
    door = models.CharField(max_length=10)
    action = models.CharField(max_length=60)
    trace_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, db_default="")
    transaction_id = models.BigIntegerField(
        null=True, db_default=Cast(Cast(Func(function="pg_current_xact_id"), TextField()), BigIntegerField()), editable=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["actor_name", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["transaction_id"], name="audit_by_transaction"),
            models.Index(fields=["trace_id"], name="audit_by_trace_id"),
            models.Index(fields=["-id"], name="audit_with_a_reason", condition=~Q(reason="")),
        ]


class AuditChange(models.Model):
    """`before` and `after` hold the fields that differ, by wire name, as text. `read_rows`: nothing changed, so many rows of it were read."""

    record = models.ForeignKey(AuditRecord, models.CASCADE, related_name="changes", db_index=False)
    object_type = models.CharField(max_length=30)
    object_id = IdField()
    before = models.JSONField()
    after = models.JSONField()
    read_rows = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "object_type"], name="audit_change_by_record"),
            models.Index(fields=["object_type", "object_id", "-record"], name="audit_change_by_object"),
        ]


class Heartbeat(models.Model):
    """When a process of the desk was last alive."""

    name = models.CharField(primary_key=True, max_length=30)
    at = models.DateTimeField()

    class Meta:
        db_table = "core_heartbeat"
