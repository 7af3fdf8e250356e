"""The tables of the chain; what stands in them only grows, by a rule of the database."""

from django.db import models
from django.db.models import Q

from backoffice.core.models import AuditChange, AuditRecord


class Link(models.Model):
    """One record's place in the chain. `hash` is of the record, its changes, its number and the hash before it."""

    number = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(AuditRecord, models.PROTECT, related_name="link")
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(name="link_numbers_begin_at_one", condition=Q(number__gte=1))]


class Seal(models.Model):
    """What stands in the hash for the personal fields of a change. Erasing them takes the salt too: the digest then tells nothing."""

    change = models.OneToOneField(AuditChange, models.PROTECT, primary_key=True)
    salt = models.BinaryField(max_length=16, null=True)
    digest = models.BinaryField(max_length=32)


class Head(models.Model):
    """The end of the chain as it was told to the outside. `signature` is empty where no key was set."""

    number = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    signature = models.CharField(max_length=100)
    key = models.CharField(max_length=60)
    mailed_at = models.DateTimeField(null=True)


class State(models.Model):
    """One row: records of transactions below `settled` are all linked, in this very cluster; at `settled_at` nothing was left behind."""

    cluster = models.CharField(max_length=30)
    settled = models.BigIntegerField()
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="chain_has_one_state", condition=Q(pk=1))]
