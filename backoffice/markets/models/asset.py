"""Assets."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from backoffice.contracts.assets import AssetSource, AssetType
from backoffice.core.fields import IdField


class Asset(models.Model):
    id = IdField(primary_key=True, max_length=15)
    name = models.CharField(max_length=30)
    scale = models.SmallIntegerField(default=0)
    type: "models.CharField[AssetType, AssetType]" = models.CharField(max_length=15)
    source: "models.CharField[AssetSource, AssetSource]" = models.CharField(max_length=10)
    is_root = models.BooleanField(default=False, db_default=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="root_asset_is_one", fields=["is_root"], condition=Q(is_root=True)),
            models.CheckConstraint(name="asset_id_is_a_code", condition=Q(id__regex=r"^[a-z0-9]{1,15}$")),
            models.CheckConstraint(name="asset_name_is_plain", condition=Q(name__regex=r"^[A-Za-z0-9]([A-Za-z0-9 ]{0,28}[A-Za-z0-9])?$")),
            models.CheckConstraint(name="asset_scale_from_0_to_18", condition=Q(scale__gte=0, scale__lte=18)),
            models.CheckConstraint(name="asset_source_is_known", condition=Q(source__in=["Crm", "Internal"])),
            models.CheckConstraint(
                name="asset_type_is_known",
                condition=Q(type__in=["Fiat", "Crypto", "Metals", "Energies", "Commodities", "Indices", "Stocks", "Etf", "Bonds", "Other"]),
            ),
        ]
