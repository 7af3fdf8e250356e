"""Assets that a foreign file brings with it: internal ones, of the type that its rows agree on."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import AssetType
from backoffice.core import audit
from backoffice.markets.models import Asset

SAME: tuple[AssetType, ...] = ("Crypto", "Metals", "Energies", "Commodities", "Indices", "Stocks", "Etf", "Bonds")
TYPES: dict[str, AssetType] = {"Fx": "Fiat", **{name: name for name in SAME}}
SCALES = {"Fiat": 2, "Crypto": 8}

MISSING = """
    SELECT DISTINCT w.asset, w.subtype, w.is_base FROM (
        SELECT base_asset_id AS asset, subtype, true AS is_base FROM markets_marketfilerow WHERE file_id = %(file)s AND is_valid
        UNION ALL
        SELECT quote_asset_id, subtype, false FROM markets_marketfilerow WHERE file_id = %(file)s AND is_valid
    ) w WHERE NOT EXISTS (SELECT FROM markets_asset a WHERE a.id = w.asset)
"""


def missing(file_id: UUID) -> dict[str, AssetType]:
    """Asset id -> type, of the assets that valid rows name and nobody has made."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING, {"file": file_id})
        found = cursor.fetchall()
    hints: dict[str, set[AssetType]] = {}
    for asset, subtype, is_base in found:
        hint = TYPES.get(subtype or "", "Other") if is_base else "Fiat" if subtype == "Fx" else None
        hints.setdefault(asset, set()).update(() if hint is None else (hint,))
    return {asset: _agreed(hinted) for asset, hinted in sorted(hints.items())}


def create(actor: Actor, file_id: UUID) -> int:
    wanted = [
        Asset(id=asset, name=asset.upper(), scale=SCALES.get(type, 0), type=type, source="Internal") for asset, type in missing(file_id).items()
    ]
    Asset.objects.bulk_create(wanted)
    for asset in wanted:
        audit.changed(
            actor, "asset", asset.id, {}, {"id": asset.id, "name": asset.name, "scale": str(asset.scale), "type": asset.type, "source": asset.source}
        )
    return len(wanted)


def _agreed(hinted: Iterable[AssetType]) -> AssetType:
    """What all rows say; rows that contradict each other leave it open."""
    hints = set(hinted)
    return hints.pop() if len(hints) == 1 else "Other"
