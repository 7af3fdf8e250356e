"""The tables of change sets and of their impact."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from backoffice.contracts.commission_changes import ChangeSetStatus, ImpactStatus
from backoffice.core.fields import AmountField, IdField


class ChangeSet(models.Model):
    """`before` and `after` are whole rule books: the rules when it was drafted, and the same with its `edits`.

    `scheduler` is in whose name it is applied at its instant. What begins with `impact`, and the lease, is the worker's.
    """

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100)
    note = models.CharField(max_length=2_000, blank=True)
    status: "models.CharField[ChangeSetStatus, ChangeSetStatus]" = models.CharField(max_length=10, default="Draft")
    reason = models.CharField(max_length=500, null=True)
    edits = models.JSONField()
    before = models.JSONField()
    after = models.JSONField()
    change_count = models.IntegerField()
    created_by = models.CharField(max_length=150)
    scheduler_kind = models.CharField(max_length=10, null=True)
    scheduler_id = IdField(max_length=300, null=True)
    apply_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=150, null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, null=True)
    impact_status: "models.CharField[ImpactStatus | None, ImpactStatus | None]" = models.CharField(max_length=7, null=True)
    impact_from = models.DateTimeField(null=True)
    impact_to = models.DateTimeField(null=True)
    impact_by = models.CharField(max_length=150, null=True)
    impact_asked_at = models.DateTimeField(null=True)
    impact_reason = models.CharField(max_length=500, null=True)
    impact_rows_done = models.BigIntegerField(default=0)
    impact_rows_total = models.BigIntegerField(null=True)
    claims = models.SmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "id"], name="change_set_by_age"),
            models.Index(fields=["apply_at"], condition=Q(status="Scheduled"), name="change_set_scheduled"),
            models.Index(fields=["updated_at"], condition=Q(status__in=["Draft", "Failed"]), name="change_set_undecided"),
            models.Index(fields=["impact_asked_at"], condition=Q(impact_status__in=["Queued", "Running"]), name="change_set_estimated"),
        ]
        constraints = [
            models.CheckConstraint(
                name="change_set_status_is_known", condition=Q(status__in=["Draft", "Scheduled", "Applied", "Undone", "Discarded", "Failed"])
            ),
            models.CheckConstraint(
                name="scheduled_change_set_says_when_and_who",
                condition=~Q(status="Scheduled") | Q(apply_at__isnull=False, scheduler_kind__isnull=False, scheduler_id__isnull=False),
            ),
            models.CheckConstraint(
                name="applied_change_set_says_when_and_who",
                condition=~Q(status__in=["Applied", "Undone"]) | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="impact_is_of_a_period",
                condition=Q(impact_status=None)
                | Q(
                    impact_status__in=["Queued", "Running", "Done", "Failed"],
                    impact_from__isnull=False,
                    impact_to__isnull=False,
                    impact_by__isnull=False,
                    impact_asked_at__isnull=False,
                    impact_from__lt=F("impact_to"),
                ),
            ),
        ]


class ImpactRow(models.Model):
    """What the executions of one market, of one client, or all of them (`Total`, without a key) pay by the old rules and by the new ones."""

    pk = models.CompositePrimaryKey("change_set_id", "kind", "key")
    change_set = models.ForeignKey(ChangeSet, models.CASCADE, related_name="impact", db_index=False)
    kind = models.CharField(max_length=6)
    key = IdField()
    label = models.CharField(max_length=254)
    executions = models.BigIntegerField()
    old_rat = AmountField()
    new_rat = AmountField()

    class Meta:
        constraints = [models.CheckConstraint(name="impact_kind_is_known", condition=Q(kind__in=["Market", "Client", "Total"]))]
