"""The tables of totals. Nobody writes them but the triggers of orders and executions, which add deltas, and the fold, which moves deltas on."""

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models

from backoffice.core.fields import AmountField, IdField


class Delta(models.Model):
    """One order or execution that is not folded into the totals yet, as they count it.

    `quote_amount` is what the base amount cost; `volume_in_rat` is that in the root asset, at the rate of the execution.
    """

    at = models.DateTimeField()
    account_id = IdField(max_length=24)
    market_id = IdField(max_length=40)
    market_type = models.CharField(max_length=4)
    commission_asset_id = IdField(max_length=15, null=True)
    orders = models.SmallIntegerField()
    trades = models.SmallIntegerField()
    base_amount = AmountField()
    quote_amount = AmountField()
    volume_in_rat = AmountField()
    commission = AmountField()
    commission_in_rat = AmountField()
    markup_in_rat = AmountField()


class AccountTotal(models.Model):
    """Of an account on markets of one type. `unit` is Month, from `start` on in UTC, or Ever, since 1970."""

    pk = models.CompositePrimaryKey("unit", "start", "account_id", "market_type")
    unit = models.CharField(max_length=7)
    start = models.DateTimeField()
    account_id = IdField(max_length=24)
    market_type = models.CharField(max_length=4)
    orders = models.BigIntegerField()
    trades = models.BigIntegerField()
    volume_in_rat = AmountField()
    commission_in_rat = AmountField()
    markup_in_rat = AmountField()

    class Meta:
        indexes = [BTreeIndex(fields=["account_id", "start"], name="account_total_of_account")]


class AccountAssetTotal(models.Model):
    """Of an account in one asset: what was traded of it and what was charged in it. `parts` counts base, quote and commission of each execution."""

    pk = models.CompositePrimaryKey("unit", "start", "account_id", "asset_id")
    unit = models.CharField(max_length=7)
    start = models.DateTimeField()
    account_id = IdField(max_length=24)
    asset_id = IdField(max_length=15)
    parts = models.BigIntegerField()
    amount = AmountField()
    amount_in_rat = AmountField()
    commission = AmountField()
    commission_in_rat = AmountField()

    class Meta:
        indexes = [BTreeIndex(fields=["account_id", "start"], name="account_asset_total_of_account")]


class MarketTotal(models.Model):
    """Of a market, by the asset that commission was charged in. `unit` is Day or Month in UTC."""

    pk = models.CompositePrimaryKey("unit", "start", "market_id", "commission_asset_id")
    unit = models.CharField(max_length=7)
    start = models.DateTimeField()
    market_id = IdField(max_length=40)
    commission_asset_id = IdField(max_length=15)
    trades = models.BigIntegerField()
    base_amount = AmountField()
    quote_amount = AmountField()
    volume_in_rat = AmountField()
    commission = AmountField()
    commission_in_rat = AmountField()
    markup_in_rat = AmountField()


class TypeTotal(models.Model):
    """Of all markets of one type in a quarter of an hour, which every time zone's days are made of."""

    pk = models.CompositePrimaryKey("unit", "start", "market_type")
    unit = models.CharField(max_length=7)
    start = models.DateTimeField()
    market_type = models.CharField(max_length=4)
    orders = models.BigIntegerField()
    trades = models.BigIntegerField()
    volume_in_rat = AmountField()
    commission_in_rat = AmountField()
    markup_in_rat = AmountField()
