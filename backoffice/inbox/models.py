"""The tables of the inbox: marks that people put on what waits, and how long each kind may. What waits is in the tables of its own app."""

from typing import get_args

from django.db import models
from django.db.models import Q

from backoffice.contracts.inbox import InboxKind
from backoffice.core.fields import IdField

KINDS = get_args(InboxKind)
LONGEST_TARGET = 525_600


class Mark(models.Model):
    """Who works at a thing, or until when and why it is put off. `claimed_by` is `kind:id` of an actor."""

    pk = models.CompositePrimaryKey("kind", "subject_id")
    kind: "models.CharField[InboxKind, InboxKind]" = models.CharField(max_length=30)
    subject_id = IdField(max_length=260)
    claimed_by = IdField(max_length=320, null=True)
    claimed_name = models.CharField(max_length=150, null=True)
    claimed_until = models.DateTimeField(null=True)
    snoozed_name = models.CharField(max_length=150, null=True)
    snoozed_until = models.DateTimeField(null=True)
    snooze_reason = models.CharField(max_length=200, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="inbox_mark_kind_is_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="inbox_claim_is_whole",
                condition=Q(claimed_by=None, claimed_name=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_name__isnull=False, claimed_until__isnull=False),
            ),
            models.CheckConstraint(
                name="inbox_snooze_is_whole_and_says_why",
                condition=Q(snoozed_name=None, snoozed_until=None, snooze_reason=None)
                | (Q(snoozed_name__isnull=False, snoozed_until__isnull=False, snooze_reason__isnull=False) & ~Q(snooze_reason="")),
            ),
            # What is put off waits for nobody, so nobody has it.
            models.CheckConstraint(name="inbox_mark_is_claim_or_snooze", condition=Q(claimed_by=None) | Q(snoozed_until=None)),
        ]


class Target(models.Model):
    """Minutes that a kind may wait, where somebody has said other than the default."""

    kind: "models.CharField[InboxKind, InboxKind]" = models.CharField(primary_key=True, max_length=30)
    minutes = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="inbox_target_kind_is_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(name="inbox_target_is_positive", condition=Q(minutes__range=(1, LONGEST_TARGET))),
        ]
