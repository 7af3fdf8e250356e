"""The tables of users, accounts and account groups; every rule that a row can be held to alone is a constraint here."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now, Upper

from backoffice.contracts.accounts import AccountStatus, AccountType
from backoffice.contracts.users import UserStatus
from backoffice.core.fields import IdField

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def substrings(field: str, *, name: str) -> GinIndex:
    """Finds any three letters or more inside a text, however they are cased."""
    return GinIndex(OpClass(Upper(field), "gin_trgm_ops"), name=name)


class User(models.Model):
    """A client of the broker; the id is the broker's own."""

    id = IdField(primary_key=True)
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=100, null=True)
    status: "models.CharField[UserStatus, UserStatus]" = models.CharField(max_length=10, default="Active")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="user_by_creation"),
            models.Index(fields=["email"], name="user_by_email"),
            substrings("id", name="user_id_substrings"),
            substrings("email", name="user_email_substrings"),
            substrings("name", name="user_name_substrings"),
        ]
        constraints = [
            models.CheckConstraint(name="user_id_is_plain", condition=Q(id__regex=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")),
            models.CheckConstraint(name="user_status_is_known", condition=Q(status__in=["Active", "Halted", "Frozen", "Terminated"])),
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique"),
        ]


class AccountGroup(models.Model):
    id = IdField(primary_key=True, max_length=40)
    name = models.CharField(max_length=50, unique=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="account_group_id_is_a_slug", condition=Q(id__regex=SLUG))]


class Account(models.Model):
    id = IdField(primary_key=True, max_length=24)
    user = models.ForeignKey(User, models.PROTECT, related_name="accounts")
    name = models.CharField(max_length=50)
    type: "models.CharField[AccountType, AccountType]" = models.CharField(max_length=10)
    group = models.ForeignKey(AccountGroup, models.PROTECT, related_name="accounts")
    status: "models.CharField[AccountStatus, AccountStatus]" = models.CharField(max_length=10, default="Active")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="account_id_is_24_hex", condition=Q(id__regex=r"^[0-9a-f]{24}$")),
            models.CheckConstraint(name="account_type_is_known", condition=Q(type__in=["Hedging", "Netting"])),
            models.CheckConstraint(name="account_status_is_known", condition=Q(status__in=["Active", "Closed"])),
        ]
