"""Prices of a market over a stretch of time: how they began, how far they went, how they ended."""

from django.db import models
from django.db.models import F, Q

from backoffice.core.fields import AmountField, IdField


class Candle(models.Model):
    """Of a minute or of an hour, which begins at `start`; longer stretches are added up when they are asked for."""

    pk = models.CompositePrimaryKey("market_id", "interval", "start")
    market_id = IdField(max_length=40)
    interval = models.CharField(max_length=2, db_collation="C")
    start = models.DateTimeField()
    open = AmountField()
    high = AmountField()
    low = AmountField()
    close = AmountField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="candle_interval_is_known", condition=Q(interval__in=["1m", "1h"])),
            models.CheckConstraint(
                name="candle_goes_from_low_to_high",
                condition=Q(low__gt=0, low__lte=F("open"), high__gte=F("open")) & Q(low__lte=F("close"), high__gte=F("close")),
            ),
        ]
