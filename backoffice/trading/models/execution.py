"""The tables of executions: those of orders, what those of one order come to, and those that a liquidity provider told of unasked."""

from django.db import models
from django.db.models import F, Q

from backoffice.core.fields import AmountField, IdField
from backoffice.trading.models.order import Order
from backoffice.trading.models.words import REASONS, SIDES, TIMES_IN_FORCE, TYPES


class Execution(models.Model):
    """One fill of an order; `seq` counts those of its order from 1. Written once.

    `rate_to_root` is what one unit of the quote asset was worth in the root asset at that moment. `commission` is what this fill was charged.
    `maker_price` is the liquidity provider's, without the markup that the broker earns, `markup_in_rat`; None of a fill within the house.
    A fill with `realized_pnl_in_rat` closes its position, any other with a position opens it: what is gained is rounded down, what is lost up.
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
    markup_in_rat = AmountField(default=0, db_default=0)
    maker_price = AmountField(null=True)
    external_order_id = IdField(max_length=26, null=True)
    lp_execution_id = IdField(max_length=100, null=True)
    position_id = IdField(max_length=26, null=True)
    realized_pnl_in_rat = AmountField(null=True)
    reason = models.CharField(max_length=14, default="Trader", db_default="Trader")

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="execution_by_time"),
            models.Index(fields=["account_id", "-id"], name="execution_by_account"),
            models.Index(fields=["market_id", "at"], name="execution_by_market"),
            models.Index(fields=["lp_execution_id"], condition=Q(lp_execution_id__isnull=False), name="execution_by_lp_execution"),
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
            models.CheckConstraint(name="execution_reason_is_known", condition=Q(reason__in=REASONS)),
            models.CheckConstraint(
                name="execution_markup_is_earned", condition=Q(markup_in_rat__gte=0) & (Q(maker_price=None) | Q(maker_price__gt=0))
            ),
            models.CheckConstraint(name="execution_closes_a_position", condition=Q(realized_pnl_in_rat=None) | Q(position_id__isnull=False)),
            models.CheckConstraint(name="execution_of_a_position_is_levered", condition=Q(position_id=None) | ~Q(market_type="Spot")),
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


class UnsolicitedTrade(models.Model):
    """What a liquidity provider told of an external order that was over already: it moves nothing. What it did not say is None."""

    id = IdField(primary_key=True, max_length=26)
    at = models.DateTimeField()
    account_id = IdField(max_length=24, null=True)
    user_id = IdField(null=True)
    market_id = IdField(max_length=40)
    side = models.CharField(max_length=4)
    order_type = models.CharField(max_length=6, null=True)
    time_in_force = models.CharField(max_length=3, null=True)
    base_amount = AmountField()
    price = AmountField()
    order_id = IdField(max_length=26, null=True)
    external_order_id = IdField(max_length=26, null=True)
    lp_order_id = IdField(max_length=100)
    lp_execution_id = IdField(max_length=100)
    session_id = IdField()

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="unsolicited_by_time"),
            models.Index(fields=["account_id", "-id"], name="unsolicited_by_account"),
            models.Index(fields=["market_id", "at"], name="unsolicited_by_market"),
            models.Index(fields=["order_id"], condition=Q(order_id__isnull=False), name="unsolicited_by_order"),
        ]
        constraints = [
            models.CheckConstraint(name="unsolicited_side_is_known", condition=Q(side__in=SIDES)),
            models.CheckConstraint(name="unsolicited_type_is_known", condition=Q(order_type=None) | Q(order_type__in=TYPES)),
            models.CheckConstraint(name="unsolicited_time_in_force_is_known", condition=Q(time_in_force=None) | Q(time_in_force__in=TIMES_IN_FORCE)),
            models.CheckConstraint(name="unsolicited_trades_something", condition=Q(base_amount__gt=0, price__gt=0)),
        ]
