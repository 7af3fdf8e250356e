"""The tables of transfers. Only their SQL functions write them, in the transaction of the money."""

from django.db import models
from django.db.models import Q

from backoffice.contracts.transfers import TransferStatus, TransferType
from backoffice.core.fields import AmountField, IdField

STATUSES = ["Pending", "AwaitingConfirmation", "Completed", "Failed", "Canceled"]
FINAL = ["Completed", "Failed", "Canceled"]


class Transfer(models.Model):
    """`caller` and `deduplication_id` are its identity for whoever asked; `fingerprint` is a hash of what was asked.

    `account_id` and `asset_id` refer to a balance, `journal_id` to the ledger; `trace_id` is that of the first call.
    One that began under a policy has an `approval_id` for ever, and is held until others have approved.
    """

    id = IdField(primary_key=True, max_length=26)
    caller = IdField(max_length=320)
    deduplication_id = IdField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    type: "models.CharField[TransferType, TransferType]" = models.CharField(max_length=10)
    status: "models.CharField[TransferStatus, TransferStatus]" = models.CharField(max_length=20)
    account_id = IdField(max_length=24)
    asset_id = IdField(max_length=15)
    amount = AmountField()
    callback_url = models.CharField(max_length=2048, null=True)
    callback_host = IdField(max_length=260, null=True)
    callback_client = IdField(max_length=300, null=True)
    failure_code = models.CharField(max_length=40, null=True)
    failure_detail = models.CharField(max_length=300, null=True)
    rate_to_root = AmountField(null=True)
    journal_id = IdField(max_length=26, null=True)
    trace_id = models.CharField(max_length=64)
    seq = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    approval_id = IdField(max_length=26, null=True)
    is_held = models.BooleanField(db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-id"], name="transfer_by_account"),
            models.Index(fields=["created_at", "id"], name="transfer_by_creation"),
            models.Index(fields=["created_at", "id"], condition=Q(status__in=["Pending", "AwaitingConfirmation"]), name="transfer_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(name="transfer_id_of_the_caller_is_unique", fields=["caller", "deduplication_id"]),
            models.CheckConstraint(name="transfer_type_is_known", condition=Q(type__in=["Deposit", "Withdrawal"])),
            models.CheckConstraint(name="transfer_status_is_known", condition=Q(status__in=STATUSES)),
            models.CheckConstraint(name="transfer_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="transfer_moves_money_when_completed",
                condition=Q(status="Completed", journal_id__isnull=False) | (~Q(status="Completed") & Q(journal_id=None)),
            ),
            models.CheckConstraint(
                name="transfer_is_held_while_it_waits",
                condition=Q(is_held=False) | Q(approval_id__isnull=False, status__in=["Pending", "AwaitingConfirmation"]),
            ),
            models.CheckConstraint(
                name="transfer_says_why_it_failed",
                condition=Q(status="Failed", failure_code__isnull=False) | (~Q(status="Failed") & Q(failure_code=None)),
            ),
        ]


class TransferEvent(models.Model):
    """One step of a transfer, written once."""

    pk = models.CompositePrimaryKey("transfer_id", "seq")
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="events", db_index=False)
    seq = models.IntegerField()
    status: "models.CharField[TransferStatus, TransferStatus]" = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = IdField(max_length=300)
    actor_name = models.CharField(max_length=150)
    door = models.CharField(max_length=10)
    trace_id = models.CharField(max_length=64)
    callback_url = models.CharField(max_length=2048, null=True)

    class Meta:
        db_table = "transfers_event"
        constraints = [models.CheckConstraint(name="transfer_events_count_from_1", condition=Q(seq__gte=1))]
