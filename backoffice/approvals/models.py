"""The tables of four eyes: policies, calls that wait, and what was said to each."""

from typing import get_args

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backoffice.contracts.approvals import MOST_APPROVERS, ApprovalState, Verdict
from backoffice.core.fields import AmountField, IdField
from backoffice.operators.models import new_id

OPEN = ("Waiting", "Approved")


class Policy(models.Model):
    """As its contract value; lists hold ids."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    covers = IdField(max_length=60)
    amount_from = AmountField(null=True)
    asset_ids = ArrayField(models.CharField(max_length=200), default=list)
    market_group_ids = ArrayField(models.CharField(max_length=200), default=list)
    account_group_ids = ArrayField(models.CharField(max_length=200), default=list)
    maker_roles = ArrayField(models.CharField(max_length=200), default=list)
    approvers_needed = models.IntegerField()
    approver_roles = ArrayField(models.CharField(max_length=200), default=list)
    excluded_roles = ArrayField(models.CharField(max_length=200), default=list)
    expires_after_minutes = models.IntegerField()
    is_active = models.BooleanField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="approval_policy_needs_somebody", condition=Q(approvers_needed__gte=1, approvers_needed__lte=MOST_APPROVERS)),
        ]


class Approval(models.Model):
    """A call that waits. `maker` is `kind:id`; `asked_hash` is of its action and arguments, which are sealed, as is what it answered.

    `subject_id` is the transfer that waits with it, or what its effect goes on with. `approver_roles` has a list for each policy; of each
    list an approver needs one.
    """

    id = IdField(primary_key=True, max_length=26)
    action = IdField(max_length=60)
    operation = IdField(max_length=60)
    state: "models.CharField[ApprovalState, ApprovalState]" = models.CharField(max_length=10)
    maker = IdField(max_length=320)
    maker_name = models.CharField(max_length=150)
    door = models.CharField(max_length=10)
    trace_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    needed = models.IntegerField()
    policies = models.JSONField()
    approver_roles = models.JSONField()
    excluded_roles = models.JSONField()
    asked_hash = models.CharField(max_length=64)
    shown_hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)
    sealed = models.BinaryField()
    about = models.JSONField()
    changes = models.JSONField()
    subject_id = IdField(max_length=40, null=True)
    outcome = models.CharField(max_length=500, blank=True)
    result_key_id = models.CharField(max_length=40, null=True)
    result_sealed = models.BinaryField(null=True)
    claimed_until = models.DateTimeField(null=True)
    is_glass_broken = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], condition=Q(state__in=OPEN), name="approval_open"),
            models.Index(fields=["maker", "-id"], name="approval_by_maker"),
            models.Index(fields=["-asked_at"], condition=Q(is_glass_broken=True), name="approval_broken_glass"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["maker", "asked_hash"], condition=Q(state__in=OPEN), name="approval_of_a_call_is_one"),
            models.CheckConstraint(name="approval_state_is_known", condition=Q(state__in=get_args(ApprovalState))),
            models.CheckConstraint(
                name="approval_ends_when_it_is_final",
                condition=Q(state__in=OPEN, ended_at=None) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
            ),
        ]


class Decision(models.Model):
    """What one person said, written once. `maker` repeats the approval's, so that the database can refuse a maker who checks."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="decisions", db_index=False)
    maker = IdField(max_length=320)
    approver = IdField(max_length=320)
    approver_name = models.CharField(max_length=150)
    verdict: "models.CharField[Verdict, Verdict]" = models.CharField(max_length=12)
    door = models.CharField(max_length=10)
    trace_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "approver"], name="approval_decided_once_by_each"),
            models.CheckConstraint(name="approval_verdict_is_known", condition=Q(verdict__in=get_args(Verdict))),
            # Breaking the glass is the maker's own; nothing else ever is.
            models.CheckConstraint(
                name="approval_maker_is_not_checker",
                condition=(Q(verdict="BrokenGlass") & Q(maker=F("approver"))) | (~Q(verdict="BrokenGlass") & ~Q(maker=F("approver"))),
            ),
        ]
