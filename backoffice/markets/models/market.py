"""Markets, with the rules of domain section 4 that one row can be held to."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower, Now

from backoffice.core.fields import AmountField, IdField
from backoffice.markets.models.asset import Asset
from backoffice.markets.models.calendar import Calendar
from backoffice.markets.models.group import LiquiditySession, MarketGroup

SPOT = Q(type="Spot")
CFD = Q(type="Cfd")
LEVERED = Q(type__in=["Cfd", "Perp"])


ID = Concat(Lower("type"), Value("."), "base_asset_id", Value("_"), "quote_asset_id", output_field=models.TextField())


def unless_empty(field: str, **lookups: object) -> Q:
    return Q((f"{field}__isnull", True)) | Q(*((f"{field}__{lookup}", value) for lookup, value in lookups.items()))


def only(kind: Q, *fields: str) -> Q:
    """Rows of another kind leave `fields` empty."""
    return kind | Q(**{f"{field}__isnull": True for field in fields})


class Market(models.Model):
    market_id = IdField(primary_key=True, max_length=40)
    type = models.CharField(max_length=4)
    subtype = models.CharField(max_length=15, null=True)
    base_asset = models.ForeignKey(Asset, models.PROTECT, related_name="+")
    quote_asset = models.ForeignKey(Asset, models.PROTECT, related_name="+")
    display_name = models.CharField(max_length=50, unique=True)
    full_name = models.CharField(max_length=50, null=True)
    status = models.CharField(max_length=10)
    market_group = models.ForeignKey(MarketGroup, models.PROTECT, null=True, related_name="markets")
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, related_name="markets")
    price_scale = models.SmallIntegerField()
    amount_scale = models.SmallIntegerField(null=True)
    min_amount = AmountField(null=True)
    min_quote_amount = AmountField(null=True)
    max_base_amount = AmountField(null=True)
    price_deviation = AmountField(null=True)
    slippage_rate = AmountField(null=True)
    lot_size = models.IntegerField(null=True)
    min_lot_amount = AmountField(null=True)
    max_lot_amount = models.IntegerField(null=True)
    lot_step = AmountField(null=True)
    tick_size = AmountField(null=True)
    max_leverage = models.IntegerField(null=True)
    is_const_leverage = models.BooleanField(null=True)
    swap_type = models.CharField(max_length=10, null=True)
    swap_long_size = AmountField(null=True)
    swap_long_asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="+", db_index=False)
    swap_short_size = AmountField(null=True)
    swap_short_asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="+", db_index=False)
    external_ttl = models.IntegerField(null=True)
    internal_ttl = models.IntegerField(null=True)
    is_synchronized = models.BooleanField(default=False)
    sessions = models.ManyToManyField(LiquiditySession, through="MarketSession", related_name="markets")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["status", "market_id"], name="market_by_status"),
            models.Index(fields=["updated_at", "market_id"], name="market_by_update"),
        ]
        constraints = [
            models.CheckConstraint(
                name="market_id_follows_its_assets",
                condition=Q(
                    market_id=Concat(Lower("type"), Value("."), "base_asset_id", Value("_"), "quote_asset_id", output_field=models.TextField())
                ),
            ),
            models.CheckConstraint(name="market_type_is_known", condition=Q(type__in=["Spot", "Cfd", "Perp"])),
            models.CheckConstraint(name="market_status_is_known", condition=Q(status__in=["Open", "Paused", "Halted", "Disabled"])),
            models.CheckConstraint(name="market_assets_differ", condition=~Q(base_asset=F("quote_asset"))),
            models.CheckConstraint(name="market_without_calendar_is_disabled", condition=Q(calendar__isnull=False) | Q(status="Disabled")),
            models.CheckConstraint(name="market_display_name_is_plain", condition=Q(display_name__regex=r"^[A-Za-z0-9.,/_-]{1,50}$")),
            models.CheckConstraint(
                name="market_full_name_is_plain", condition=Q(full_name__isnull=True) | Q(full_name__regex=r"^[A-Za-z0-9.,/_ -]{1,50}$")
            ),
            models.CheckConstraint(name="market_price_scale_from_2_to_8", condition=Q(price_scale__range=(2, 8))),
            models.CheckConstraint(name="market_amount_scale_from_0_to_8", condition=unless_empty("amount_scale", range=(0, 8))),
            models.CheckConstraint(name="market_deviation_from_0_to_1", condition=unless_empty("price_deviation", range=(0, 1))),
            models.CheckConstraint(name="market_slippage_from_0_to_1", condition=unless_empty("slippage_rate", range=(0, 1))),
            models.CheckConstraint(name="market_subtype_only_cfd", condition=only(CFD, "subtype")),
            models.CheckConstraint(name="market_amounts_only_spot", condition=only(SPOT, "amount_scale", "min_amount")),
            models.CheckConstraint(
                name="market_lots_only_levered",
                condition=only(LEVERED, "lot_size", "min_lot_amount", "max_lot_amount", "lot_step", "tick_size", "max_leverage", "is_const_leverage"),
            ),
            models.CheckConstraint(
                name="market_swap_only_cfd",
                condition=only(CFD, "swap_type", "swap_long_size", "swap_long_asset", "swap_short_size", "swap_short_asset"),
            ),
            models.CheckConstraint(name="market_lot_size_positive", condition=unless_empty("lot_size", gte=1)),
            models.CheckConstraint(name="market_min_lot_positive", condition=unless_empty("min_lot_amount", gt=0)),
            models.CheckConstraint(
                name="market_max_lot_at_least_min", condition=Q(max_lot_amount__isnull=True) | Q(max_lot_amount__gte=F("min_lot_amount"))
            ),
            models.CheckConstraint(name="market_leverage_at_least_1", condition=unless_empty("max_leverage", gte=1)),
            models.CheckConstraint(name="market_external_ttl_in_range", condition=unless_empty("external_ttl", range=(1, 600_000))),
            models.CheckConstraint(name="market_internal_ttl_in_range", condition=unless_empty("internal_ttl", range=(1, 600_000))),
        ]


class MarketSession(models.Model):
    """A market uses a liquidity session; the session's kind says for what."""

    market = models.ForeignKey(Market, models.CASCADE, db_index=False)
    session = models.ForeignKey(LiquiditySession, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_session_once_a_market", fields=["market", "session"])]
