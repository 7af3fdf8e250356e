"""The tables of the ledger. Only its SQL functions write them; the database refuses what they could not have meant."""

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from backoffice.contracts.ledger import HoldKind, JournalKind
from backoffice.core.fields import AmountField, IdField

OF_EVENTS = ["Trade", "Swap", "Funding"]
KINDS = ["Deposit", "Withdrawal", "Correction", *OF_EVENTS]


class Balance(models.Model):
    """What one account has of one asset; available is never stored. `seq` numbers its entries without gaps.

    House accounts have none: every deposit of an asset would wait for that one row.
    """

    pk = models.CompositePrimaryKey("account_id", "asset_id")
    account_id = IdField(max_length=24)
    asset_id = IdField(max_length=15)
    total = AmountField(db_default=0)
    locked = AmountField(db_default=0)
    seq = models.BigIntegerField(db_default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="balance_covers_what_is_locked", condition=Q(locked__gte=0, locked__lte=F("total"))),
        ]


class Journal(models.Model):
    """One atomic set of entries: in each asset they sum to zero. A correction names the journal it reverses.

    The subject is the transfer, execution, swap or funding payment that moved the money; the journal of the last three has its id.
    """

    id = IdField(primary_key=True, max_length=26)
    kind: "models.CharField[JournalKind, JournalKind]" = models.CharField(max_length=15)
    subject_id = IdField(max_length=26, null=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="journal_kind_is_known", condition=Q(kind__in=KINDS)),
            # So the key of the table refuses a second journal of one event.
            models.CheckConstraint(
                name="journal_of_an_event_has_its_id", condition=~Q(kind__in=OF_EVENTS) | Q(subject_id__isnull=False, id=F("subject_id"))
            ),
        ]


class Entry(models.Model):
    """A signed amount on one account. `seq` and `balance_after` are those of the account's balance; a house account has neither."""

    pk = models.CompositePrimaryKey("journal_id", "line")
    journal = models.ForeignKey(Journal, models.PROTECT, related_name="entries", db_index=False)
    line = models.SmallIntegerField()
    account_id = IdField(max_length=24)
    asset_id = IdField(max_length=15)
    amount = AmountField()
    seq = models.BigIntegerField(null=True)
    balance_after = AmountField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [BTreeIndex(fields=["account_id", "-journal_id", "-line"], condition=Q(seq__isnull=False), name="entry_by_account")]
        constraints = [
            models.CheckConstraint(name="entry_moves_something", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="entry_of_a_balance_is_numbered",
                condition=Q(seq=None, balance_after=None) | Q(seq__isnull=False, seq__gte=1, balance_after__isnull=False, balance_after__gte=0),
            ),
            # The house's entries, half of all, have no number and need no place in its index.
            models.UniqueConstraint(name="entry_number_is_unique", fields=["account_id", "asset_id", "seq"], condition=Q(seq__isnull=False)),
        ]


class Hold(models.Model):
    """An amount kept from its account until a transfer is settled or an order is over; closed once, Posted or Voided."""

    subject_id = IdField(primary_key=True, max_length=26)
    account_id = IdField(max_length=24)
    asset_id = IdField(max_length=15)
    amount = AmountField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=6, null=True)
    kind: "models.CharField[HoldKind, HoldKind]" = models.CharField(max_length=10, default="Withdrawal", db_default="Withdrawal")

    class Meta:
        indexes = [BTreeIndex(fields=["account_id", "asset_id"], condition=Q(closed_at=None), name="hold_open")]
        constraints = [
            models.CheckConstraint(name="hold_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="hold_kind_is_known", condition=Q(kind__in=["Withdrawal", "Order"])),
            models.CheckConstraint(
                name="hold_closes_with_an_outcome",
                condition=Q(closed_at=None, outcome=None) | Q(closed_at__isnull=False, outcome__isnull=False, outcome__in=["Posted", "Voided"]),
            ),
        ]


class Gate(models.Model):
    """One row: while `closed_at` is set no money moves."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="gate_is_one", condition=Q(id=1))]
