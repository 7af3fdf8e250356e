"""Market files: the job row, and what its data rows say. A file's rows live until it is applied, discarded or too old."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from backoffice.contracts.market_files import FileDirection, FileMode, FileStage
from backoffice.contracts.tables import FileFormat
from backoffice.core.fields import AmountField, IdField


class MarketFile(models.Model):
    id = models.UUIDField(primary_key=True)
    direction: "models.CharField[FileDirection, FileDirection]" = models.CharField(max_length=6)
    name = models.CharField(max_length=200)
    format: "models.CharField[FileFormat, FileFormat]" = models.CharField(max_length=4)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    stored_as = models.CharField(max_length=100, default="")
    mode: "models.CharField[FileMode, FileMode]" = models.CharField(max_length=12, default="ValidRows")
    stage: "models.CharField[FileStage, FileStage]" = models.CharField(max_length=10, default="Queued")
    stage_reason = models.CharField(max_length=500, null=True)
    mapping = models.JSONField(null=True)
    query = models.JSONField(null=True)
    takes_suggestions = models.BooleanField(default=False)
    fields = models.JSONField(default=list)
    rows_read = models.IntegerField(default=0)
    rows_total = models.IntegerField(null=True)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    errors = models.IntegerField(default=0)
    assets_created = models.IntegerField(default=0)
    actor_kind = models.CharField(max_length=10)
    actor_id = IdField(max_length=300)
    actor_name = models.CharField(max_length=150)
    audit_record = models.ForeignKey("core.AuditRecord", models.PROTECT, null=True, related_name="+")
    claims = models.SmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["stage", "created_at"], name="market_file_by_stage"),
            models.Index(fields=["-created_at", "id"], name="market_file_by_age"),
            models.Index(fields=["sha256"], name="market_file_by_hash"),
        ]


class MarketFileRow(models.Model):
    """One data row, checked. A valid one has the market it asks for in typed columns; an invalid one has its `cells` as read, by our field names.

    Written by COPY and never by the ORM. Nothing says here what the row does: that is its difference from the markets of the moment.
    """

    pk = models.CompositePrimaryKey("file_id", "row")
    file_id = models.UUIDField()
    row = models.IntegerField()
    is_valid = models.BooleanField()
    is_forced_disabled = models.BooleanField(default=False)
    seen_version = models.IntegerField(null=True)
    cells = models.JSONField(null=True)
    market_id = IdField(max_length=40, null=True)
    type = models.CharField(max_length=4, null=True)
    subtype = models.CharField(max_length=15, null=True)
    base_asset_id = IdField(max_length=15, null=True)
    quote_asset_id = IdField(max_length=15, null=True)
    display_name = models.CharField(max_length=50, null=True)
    full_name = models.CharField(max_length=50, null=True)
    status = models.CharField(max_length=10, null=True)
    market_group_id = IdField(max_length=40, null=True)
    calendar_id = IdField(max_length=40, null=True)
    price_scale = models.SmallIntegerField(null=True)
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
    swap_long_asset_id = IdField(max_length=15, null=True)
    swap_short_size = AmountField(null=True)
    swap_short_asset_id = IdField(max_length=15, null=True)
    external_ttl = models.IntegerField(null=True)
    internal_ttl = models.IntegerField(null=True)
    is_synchronized = models.BooleanField(null=True)
    trading_session_ids = ArrayField(IdField(), null=True)
    market_data_session_ids = ArrayField(IdField(), null=True)


class MarketFileError(models.Model):
    """One fault of one cell."""

    file = models.ForeignKey(MarketFile, models.CASCADE, related_name="faults", db_index=False)
    row = models.IntegerField()
    column = models.CharField(max_length=200)
    value = models.CharField(max_length=500)
    reason = models.CharField(max_length=500)
    suggestion = models.CharField(max_length=200, null=True)

    class Meta:
        indexes = [models.Index(fields=["file", "row", "id"], name="market_file_error_by_row")]


class MappingPreset(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=50, unique=True)
    mapping = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
