"""Market groups and liquidity sessions: what markets refer to by name."""

from django.db import models
from django.db.models import Q

from backoffice.contracts.liquidity import SessionKind, SessionStatus
from backoffice.core.fields import IdField

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class MarketGroup(models.Model):
    id = IdField(primary_key=True, max_length=40)
    name = models.CharField(max_length=50, unique=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="market_group_id_is_a_slug", condition=Q(id__regex=SLUG))]


class LiquiditySession(models.Model):
    id = IdField(primary_key=True, max_length=40)
    kind: "models.CharField[SessionKind, SessionKind]" = models.CharField(max_length=10)
    name = models.CharField(max_length=50, unique=True)
    status: "models.CharField[SessionStatus, SessionStatus]" = models.CharField(max_length=15)
    liquidity_provider_id = IdField(max_length=40)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="liquidity_session_id_is_a_slug", condition=Q(id__regex=SLUG)),
            models.CheckConstraint(name="liquidity_session_kind_is_known", condition=Q(kind__in=["Trading", "MarketData"])),
            models.CheckConstraint(name="liquidity_session_status_is_known", condition=Q(status__in=["Connected", "Disconnected", "Disabled"])),
        ]
