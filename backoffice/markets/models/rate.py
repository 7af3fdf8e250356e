"""Prices of asset pairs, and what follows from them: the rate of each asset to the root asset."""

from django.db import models
from django.db.models import F, Q

from backoffice.core.fields import AmountField
from backoffice.markets.models.asset import Asset


class RatePrice(models.Model):
    """One unit of the base costs `price` of the quote."""

    pk = models.CompositePrimaryKey("base_id", "quote_id")
    base = models.ForeignKey(Asset, models.PROTECT, related_name="+", db_index=False)
    quote = models.ForeignKey(Asset, models.PROTECT, related_name="+")
    price = AmountField()
    source = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rate_price_is_positive", condition=Q(price__gt=0)),
            models.CheckConstraint(name="rate_price_assets_differ", condition=~Q(base=F("quote"))),
        ]


class RootRate(models.Model):
    """One unit of the asset is worth `rate` of the root asset; an asset without a row has no rate."""

    asset = models.OneToOneField(Asset, models.PROTECT, primary_key=True, related_name="+")
    rate = AmountField()
    path = models.CharField(max_length=70)
    source = models.CharField(max_length=110)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="root_rate_is_positive", condition=Q(rate__gt=0))]
