"""The tables of commission profiles, rules and assignments; every rule that a row can be held to alone is a constraint here.

What rows name elsewhere (markets, groups, accounts) is held by constraints of the database alone, checked at once: those who delete such
things know nothing of commissions, and the guard has the words for their refusal.
"""

from typing import Any

from django.db import models
from django.db.models import Deferrable, Q
from django.db.models.functions import Coalesce, Now

from backoffice.core.fields import AmountField, IdField

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def one_of(*fields: str) -> Q:
    """Exactly one of them is set."""
    found = Q()
    for name in fields:
        found |= Q(**{f"{other}__isnull": other != name for other in fields})
    return found


def none_of(*fields: str) -> Q:
    return Q(**{f"{name}__isnull": True for name in fields})


def named(to: str, *, index: bool = False) -> Any:
    return models.ForeignKey(to, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=index)


class Profile(models.Model):
    """`version` counts the changes of its rules too."""

    id = IdField(primary_key=True, max_length=40)
    name = models.CharField(max_length=50, unique=True)
    is_default = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="commission_profile_id_is_a_slug", condition=Q(id__regex=SLUG)),
            models.UniqueConstraint(name="default_commission_profile_is_one", fields=["is_default"], condition=Q(is_default=True)),
        ]


class Rule(models.Model):
    """The default rule of a profile has no priority. `cfd_asset` empty is the root asset."""

    id = IdField(primary_key=True, max_length=36)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="rules", db_index=False)
    priority = models.IntegerField(null=True)
    is_default = models.BooleanField(default=False)
    market = named("markets.Market", index=True)
    market_group = named("markets.MarketGroup", index=True)
    spot_size = AmountField()
    cfd_type = models.CharField(max_length=10)
    cfd_size = AmountField()
    cfd_asset = named("markets.Asset")
    min_fee_rat = AmountField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            # Priorities are exchanged within one statement, and drafts of several changes within one transaction.
            models.UniqueConstraint(name="commission_rule_priority_once", fields=["profile", "priority"], deferrable=Deferrable.IMMEDIATE),
            models.UniqueConstraint(name="market_once_in_a_profile", fields=["profile", "market"], deferrable=Deferrable.IMMEDIATE),
            models.UniqueConstraint(name="market_group_once_in_a_profile", fields=["profile", "market_group"], deferrable=Deferrable.IMMEDIATE),
            models.UniqueConstraint(name="one_default_rule_in_a_profile", fields=["profile"], condition=Q(is_default=True)),
            models.CheckConstraint(
                name="commission_rule_names_one_thing",
                condition=(Q(is_default=True, priority__isnull=True) & none_of("market", "market_group"))
                | (Q(is_default=False, priority__gte=1) & one_of("market", "market_group")),
            ),
            models.CheckConstraint(name="spot_fee_from_0_to_100_percent", condition=Q(spot_size__gte=0, spot_size__lte=100)),
            models.CheckConstraint(
                name="cfd_fee_of_its_type",
                condition=Q(cfd_type="PerVolume", cfd_size__gte=0, cfd_size__lte=100, cfd_asset__isnull=True) | Q(cfd_type="PerLot", cfd_size__gte=0),
            ),
            models.CheckConstraint(name="min_fee_is_not_negative", condition=Q(min_fee_rat__gte=0)),
        ]


class Assignment(models.Model):
    """The default assignment has no priority and names nobody."""

    id = IdField(primary_key=True, max_length=36)
    priority = models.IntegerField(null=True)
    user = named("accounts.User")
    account = named("accounts.Account")
    account_group = named("accounts.AccountGroup")
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="assignments")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="commission_assignment_priority_once", fields=["priority"], deferrable=Deferrable.IMMEDIATE),
            models.UniqueConstraint(Coalesce("priority", 0), name="default_commission_assignment_is_one", condition=Q(priority__isnull=True)),
            models.UniqueConstraint(name="user_assigned_once", fields=["user"], deferrable=Deferrable.IMMEDIATE),
            models.UniqueConstraint(name="account_assigned_once", fields=["account"], deferrable=Deferrable.IMMEDIATE),
            models.UniqueConstraint(name="account_group_assigned_once", fields=["account_group"], deferrable=Deferrable.IMMEDIATE),
            models.CheckConstraint(
                name="commission_assignment_names_one",
                condition=(Q(priority__isnull=True) & none_of("user", "account", "account_group"))
                | (Q(priority__gte=1) & one_of("user", "account", "account_group")),
            ),
        ]


class AssignmentList(models.Model):
    """The list as a whole: one row, locked by whoever changes any assignment."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="assignment_list_is_one", condition=Q(id=1))]
