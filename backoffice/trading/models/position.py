"""The tables of positions: what is held, what was closed of it, and what holding it cost or paid."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from backoffice.core.fields import AmountField, IdField
from backoffice.trading.models.words import LEVERED, REASONS, SIDES, TIMES_IN_FORCE, TYPES

TENTH = Decimal("0.1")


class Position(models.Model):
    """A Buy is a long one. `lots` and `base_amount` are what is open now, nothing once it is closed; `open_price` is the VWAP of what opened it.

    What it realized, and what was paid for it and by it over night, are sums over its closings, swaps and funding payments.
    """

    id = IdField(primary_key=True, max_length=26)
    account_id = IdField(max_length=24)
    user_id = IdField()
    market_id = IdField(max_length=40)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    market_type = models.CharField(max_length=4)
    side = models.CharField(max_length=4)
    lots = AmountField()
    base_amount = AmountField()
    open_price = AmountField()
    leverage = models.IntegerField()
    margin_in_rat = AmountField()
    realized_pnl_in_rat = AmountField(default=0, db_default=0)
    swaps_in_rat = AmountField(default=0, db_default=0)
    funding_in_rat = AmountField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "market_id"], condition=Q(closed_at=None), name="position_open_of_account"),
            models.Index(fields=["opened_at", "id"], condition=Q(closed_at=None), name="position_open"),
            models.Index(fields=["account_id", "-id"], name="position_by_account"),
            models.Index(fields=["market_id", "opened_at"], name="position_by_market"),
        ]
        constraints = [
            models.CheckConstraint(name="position_market_type_is_known", condition=Q(market_type__in=LEVERED)),
            models.CheckConstraint(name="position_side_is_known", condition=Q(side__in=SIDES)),
            models.CheckConstraint(
                name="position_is_open_or_closed",
                condition=Q(closed_at=None, lots__gt=0, base_amount__gt=0) | Q(closed_at__gte=F("opened_at"), lots=0, base_amount=0),
            ),
            models.CheckConstraint(name="position_has_a_price_and_margin", condition=Q(open_price__gt=0, leverage__gte=1, margin_in_rat__gte=0)),
        ]


class Closing(models.Model):
    """What one order closed of a position; side and kind are the order's. `close_price` is the VWAP of its closing executions.

    `rate_to_root` is that of the quote asset then; `position_price_in_rat` what the closed part was worth when it was opened, at this rate.
    """

    order_id = IdField(primary_key=True, max_length=26)
    position_id = IdField(max_length=26)
    account_id = IdField(max_length=24)
    user_id = IdField()
    market_id = IdField(max_length=40)
    closed_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    market_type = models.CharField(max_length=4)
    side = models.CharField(max_length=4)
    order_type = models.CharField(max_length=6)
    time_in_force = models.CharField(max_length=3)
    reason = models.CharField(max_length=14, default="Trader", db_default="Trader")
    lots = AmountField()
    base_amount = AmountField()
    open_price = AmountField()
    close_price = AmountField()
    rate_to_root = AmountField()
    position_price_in_rat = AmountField()
    realized_pnl_in_rat = AmountField()

    class Meta:
        indexes = [
            models.Index(fields=["closed_at", "order_id"], name="closing_by_time"),
            models.Index(fields=["account_id", "-closed_at"], name="closing_by_account"),
            models.Index(fields=["market_id", "closed_at"], name="closing_by_market"),
            models.Index(fields=["position_id"], name="closing_by_position"),
        ]
        constraints = [
            models.CheckConstraint(name="closing_market_type_is_known", condition=Q(market_type__in=LEVERED)),
            models.CheckConstraint(name="closing_side_is_known", condition=Q(side__in=SIDES)),
            models.CheckConstraint(name="closing_type_is_known", condition=Q(order_type__in=TYPES)),
            models.CheckConstraint(name="closing_time_in_force_is_known", condition=Q(time_in_force__in=TIMES_IN_FORCE)),
            models.CheckConstraint(name="closing_reason_is_known", condition=Q(reason__in=REASONS)),
            models.CheckConstraint(
                name="closing_closes_something",
                condition=Q(lots__gt=0, base_amount__gt=0, open_price__gt=0, close_price__gt=0, rate_to_root__gt=0, position_price_in_rat__gt=0),
            ),
            models.CheckConstraint(name="closing_follows_the_opening", condition=Q(closed_at__gte=F("opened_at"))),
        ]


class Swap(models.Model):
    """Interest for a position that stayed open over `nights`. `amount` is what the account got, so below zero what it paid."""

    id = IdField(primary_key=True, max_length=26)
    position_id = IdField(max_length=26)
    account_id = IdField(max_length=24)
    user_id = IdField()
    market_id = IdField(max_length=40)
    at = models.DateTimeField()
    nights = models.SmallIntegerField()
    swap_type = models.CharField(max_length=10)
    size = AmountField()
    amount = AmountField()
    asset_id = IdField(max_length=15)
    amount_in_rat = AmountField()

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="swap_by_time"),
            models.Index(fields=["account_id", "-id"], name="swap_by_account"),
            models.Index(fields=["market_id", "at"], name="swap_by_market"),
            models.Index(fields=["position_id", "at"], name="swap_by_position"),
        ]
        constraints = [
            models.CheckConstraint(name="swap_type_is_known", condition=Q(swap_type__in=["Fix", "Points", "Percent"])),
            models.CheckConstraint(name="swap_is_over_a_night", condition=Q(nights__gte=1)),
        ]


class Funding(models.Model):
    """What a position paid or got at a settlement, in the root asset: `amount_in_rat` is what the account got.

    `rate_to_root` is that of the market's quote asset, in which the mark price is.
    """

    id = IdField(primary_key=True, max_length=26)
    position_id = IdField(max_length=26)
    account_id = IdField(max_length=24)
    user_id = IdField()
    market_id = IdField(max_length=40)
    at = models.DateTimeField()
    rate = AmountField()
    mark_price = AmountField()
    rate_to_root = AmountField()
    amount_in_rat = AmountField()

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="funding_by_time"),
            models.Index(fields=["account_id", "-id"], name="funding_by_account"),
            models.Index(fields=["market_id", "at"], name="funding_by_market"),
            models.Index(fields=["position_id", "at"], name="funding_by_position"),
        ]
        constraints = [
            models.CheckConstraint(name="funding_rate_is_a_tenth_at_most", condition=Q(rate__gte=-TENTH, rate__lte=TENTH)),
            models.CheckConstraint(name="funding_has_a_price", condition=Q(mark_price__gt=0, rate_to_root__gt=0)),
        ]
