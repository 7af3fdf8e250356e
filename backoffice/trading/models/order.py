"""The tables of orders: a trader's own, and those that the broker placed with a liquidity provider to fill them.

Their accounts and markets are plain ids; the database holds an order to those that exist.
"""

from django.db import models
from django.db.models import F, Func, Q, Value

from backoffice.core.fields import AmountField, IdField
from backoffice.trading.models.words import EXTERNAL_STATUSES, MARKET_TYPES, OPEN, REASONS, SIDES, SOURCES, STATUSES, TIMES_IN_FORCE, TYPES

# A market's id begins with its type, in small letters.
TYPE_OF_MARKET = Func(Func("market_id", Value("."), Value(1), function="split_part"), function="initcap")


class Order(models.Model):
    """What a trader asked for, in units of the base asset. `commission` is what its executions were charged; `rule_id` is the rule they were
    charged by, which the first of them fixes. `position_id` is the position that it opens or closes."""

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
    market_type = models.GeneratedField(expression=TYPE_OF_MARKET, output_field=models.CharField(max_length=4), db_persist=True)
    reason = models.CharField(max_length=14, default="Trader", db_default="Trader")
    reject_details = models.CharField(max_length=300, null=True)
    cancellation_date = models.DateTimeField(null=True)
    position_id = IdField(max_length=26, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="order_by_creation"),
            models.Index(fields=["account_id", "-id"], name="order_by_account"),
            models.Index(fields=["market_id", "created_at"], name="order_by_market"),
            models.Index(fields=["position_id"], condition=Q(position_id__isnull=False), name="order_by_position"),
            models.Index(fields=["created_at", "id"], condition=Q(status__in=OPEN), name="order_open"),
            models.Index(fields=["account_id", "-id"], condition=Q(status__in=OPEN), name="order_open_by_account"),
        ]
        constraints = [
            models.CheckConstraint(name="order_side_is_known", condition=Q(side__in=SIDES)),
            models.CheckConstraint(name="order_type_is_known", condition=Q(order_type__in=TYPES)),
            models.CheckConstraint(name="order_time_in_force_is_known", condition=Q(time_in_force__in=TIMES_IN_FORCE)),
            models.CheckConstraint(name="order_status_is_known", condition=Q(status__in=STATUSES)),
            models.CheckConstraint(name="order_market_type_is_known", condition=Q(market_type__in=MARKET_TYPES)),
            models.CheckConstraint(name="order_reason_is_known", condition=Q(reason__in=REASONS)),
            models.CheckConstraint(name="order_source_is_known", condition=Q(source__in=SOURCES)),
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


class ExternalOrder(models.Model):
    """What was sent to a liquidity provider, over the session `session_id`, to fill an order. `avg_price` is the maker's, without markup.

    `filled_amount` and `commission` are of the executions that it filled.
    """

    id = IdField(primary_key=True, max_length=26)
    order = models.ForeignKey(Order, models.PROTECT, related_name="external_orders", db_index=False)
    account_id = IdField(max_length=24)
    user_id = IdField()
    market_id = IdField(max_length=40)
    created_at = models.DateTimeField()
    status = models.CharField(max_length=16)
    side = models.CharField(max_length=4)
    order_type = models.CharField(max_length=6)
    time_in_force = models.CharField(max_length=3)
    requested_amount = AmountField()
    filled_amount = AmountField(default=0, db_default=0)
    limit_price = AmountField(null=True)
    avg_price = AmountField(null=True)
    commission_asset_id = IdField(max_length=15)
    commission = AmountField(default=0, db_default=0)
    commission_in_rat = AmountField(default=0, db_default=0)
    session_id = IdField()
    lp_order_id = IdField(max_length=100)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["order", "id"], name="external_by_order"),
            models.Index(fields=["created_at", "id"], name="external_by_creation"),
            models.Index(fields=["account_id", "-id"], name="external_by_account"),
            models.Index(fields=["market_id", "created_at"], name="external_by_market"),
            models.Index(fields=["lp_order_id"], name="external_by_lp_order"),
            models.Index(fields=["created_at", "id"], condition=Q(status__in=["New", "PartialFill"]), name="external_open"),
            models.Index(fields=["updated_at"], condition=Q(status="TimeOut"), name="external_timed_out"),
        ]
        constraints = [
            models.CheckConstraint(name="external_side_is_known", condition=Q(side__in=SIDES)),
            models.CheckConstraint(name="external_type_is_known", condition=Q(order_type__in=TYPES)),
            models.CheckConstraint(name="external_time_in_force_is_known", condition=Q(time_in_force__in=TIMES_IN_FORCE)),
            models.CheckConstraint(name="external_status_is_known", condition=Q(status__in=EXTERNAL_STATUSES)),
            models.CheckConstraint(
                name="external_fills_up_to_what_was_asked",
                condition=Q(requested_amount__gt=0, filled_amount__gte=0, filled_amount__lte=F("requested_amount")),
            ),
            models.CheckConstraint(name="external_fill_is_whole", condition=~Q(status="Fill") | Q(filled_amount=F("requested_amount"))),
            models.CheckConstraint(
                name="external_has_a_price_once_filled",
                condition=Q(filled_amount=0, avg_price=None) | Q(filled_amount__gt=0, avg_price__isnull=False, avg_price__gt=0),
            ),
            models.CheckConstraint(name="external_is_charged_not_paid", condition=Q(commission__gte=0, commission_in_rat__gte=0)),
        ]


class ToldTimeouts(models.Model):
    """Of how many external orders of a market that timed out within the interval from `start` on somebody was told."""

    start = models.DateTimeField()
    market_id = IdField(max_length=40)
    orders = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="timeouts_are_told_once", fields=["start", "market_id"])]
