"""The tables of orders and executions. Their accounts and markets are plain ids; the database holds an order to those that exist."""

from django.db import models
from django.db.models import F, Q

from backoffice.core.fields import AmountField, IdField

SIDES = ["Buy", "Sell"]
MARKET_TYPES = ["Spot", "Cfd", "Perp"]
STATUSES = ["Started", "Pending", "Working", "Completed", "Cancelled", "Rejected", "Expired"]


class Order(models.Model):
    """What a trader asked for, in units of the base asset. `commission` is what its executions were charged; `rule_id` is the rule they were
    charged by, which the first of them fixes."""

    id = IdField(primary_key=True, max_length=26)
    account_id = IdField(max_length=24)
    user_id = IdField()
    market_id = IdField(max_length=40)
    side = models.CharField(max_length=4)
    order_type = models.CharField(max_length=6)
    time_in_force = models.CharField(max_length=3)
    status = models.CharField(max_length=9)
    source = models.CharField(max_length=6)
    requested_amount = AmountField()
    filled_amount = AmountField(default=0)
    limit_price = AmountField(null=True)
    avg_price = AmountField(null=True)
    leverage = models.IntegerField(null=True)
    commission_asset_id = IdField(max_length=15)
    commission = AmountField(default=0)
    commission_in_rat = AmountField(default=0)
    rule_id = IdField(max_length=36, null=True)
    hedge = AmountField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="order_by_creation"),
            models.Index(fields=["account_id", "-id"], name="order_by_account"),
            models.Index(fields=["market_id", "created_at"], name="order_by_market"),
        ]
        constraints = [
            models.CheckConstraint(name="order_side_is_known", condition=Q(side__in=SIDES)),
            models.CheckConstraint(name="order_type_is_known", condition=Q(order_type__in=["Market", "Limit"])),
            models.CheckConstraint(name="order_time_in_force_is_known", condition=Q(time_in_force__in=["Gtc", "Ioc", "Fok", "Gtd", "Day"])),
            models.CheckConstraint(name="order_status_is_known", condition=Q(status__in=STATUSES)),
            models.CheckConstraint(name="order_source_is_known", condition=Q(source__in=["Manual", "Api", "System", "Admin"])),
            models.CheckConstraint(
                name="order_fills_up_to_what_was_asked",
                condition=Q(requested_amount__gt=0, filled_amount__gte=0, filled_amount__lte=F("requested_amount")),
            ),
            models.CheckConstraint(name="order_completed_is_filled", condition=~Q(status="Completed") | Q(filled_amount=F("requested_amount"))),
            models.CheckConstraint(
                name="order_has_a_price_once_filled",
                condition=Q(filled_amount=0, avg_price=None) | Q(filled_amount__gt=0, avg_price__isnull=False, avg_price__gt=0),
            ),
            models.CheckConstraint(name="order_is_charged_not_paid", condition=Q(commission__gte=0, commission_in_rat__gte=0)),
            models.CheckConstraint(name="order_leverage_at_least_1", condition=Q(leverage=None) | Q(leverage__gte=1)),
            models.CheckConstraint(name="order_hedge_is_a_percentage", condition=Q(hedge__gte=0, hedge__lte=100)),
        ]


class Execution(models.Model):
    """One fill of an order; `seq` counts those of its order from 1. Written once.

    `rate_to_root` is what one unit of the quote asset was worth in the root asset at that moment. `commission` is what this fill was charged.
    """

    id = IdField(primary_key=True, max_length=26)
    order = models.ForeignKey(Order, models.PROTECT, related_name="executions", db_index=False)
    seq = models.SmallIntegerField()
    at = models.DateTimeField()
    account_id = IdField(max_length=24)
    user_id = IdField()
    market_id = IdField(max_length=40)
    market_type = models.CharField(max_length=4)
    side = models.CharField(max_length=4)
    base_amount = AmountField()
    lots = AmountField(null=True)
    price = AmountField()
    quote_asset_id = IdField(max_length=15)
    rate_to_root = AmountField()
    commission_asset_id = IdField(max_length=15)
    commission = AmountField()
    commission_in_rat = AmountField()
    rule_id = IdField(max_length=36)

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="execution_by_time"),
            models.Index(fields=["account_id", "-id"], name="execution_by_account"),
            models.Index(fields=["market_id", "at"], name="execution_by_market"),
        ]
        constraints = [
            models.UniqueConstraint(name="execution_number_is_unique", fields=["order", "seq"]),
            models.CheckConstraint(name="execution_numbers_count_from_1", condition=Q(seq__gte=1)),
            models.CheckConstraint(name="execution_side_is_known", condition=Q(side__in=SIDES)),
            models.CheckConstraint(
                name="execution_has_lots_unless_spot",
                condition=Q(market_type="Spot", lots=None) | Q(market_type__in=["Cfd", "Perp"], lots__isnull=False, lots__gt=0),
            ),
            models.CheckConstraint(name="execution_trades_something", condition=Q(base_amount__gt=0, price__gt=0, rate_to_root__gt=0)),
            models.CheckConstraint(name="execution_is_charged_not_paid", condition=Q(commission__gte=0, commission_in_rat__gte=0)),
        ]


class OrderFills(models.Model):
    """What the executions of one order come to. The database keeps it, whoever writes executions.

    `volume` is in the quote asset, `worth` the same in the root asset at the rate of each fill; `worth_lots` are lots times that rate.
    """

    order_id = IdField(primary_key=True, max_length=26)
    account_id = IdField(max_length=24)
    market_id = IdField(max_length=40)
    executions = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    volume = AmountField()
    worth = AmountField()
    lots = AmountField(null=True)
    worth_lots = AmountField(null=True)
    rate_low = AmountField()
    rate_high = AmountField()

    class Meta:
        indexes = [
            models.Index(fields=["first_at"], name="fills_by_time"),
            models.Index(fields=["first_at"], condition=Q(lots=None) & ~Q(rate_low=F("rate_high")), name="fills_at_several_rates"),
        ]
