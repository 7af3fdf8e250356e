"""The hosted Assets. A scale never shrinks: amounts that exist would no longer fit it."""

from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import Asset, AssetChange, NewAsset
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.markets import models, rules


def find(actor: Actor) -> list[Asset]:  # noqa: ARG001  verbs are told who asks
    return [_asset(row) for row in models.Asset.objects.order_by("id")]


def get(actor: Actor, asset_id: str) -> Versioned[Asset]:  # noqa: ARG001  verbs are told who asks
    row = models.Asset.objects.filter(pk=asset_id).first()
    if row is None:
        raise NotFound(f"There is no asset {asset_id}.")
    return Versioned(value=_asset(row), version=row.version)


def create(actor: Actor, draft: NewAsset) -> Asset:
    found = _faults(draft.name, draft.scale)
    if not rules.ASSET_ID.fullmatch(draft.id):
        found["id"] = ["must be 1 to 15 lower-case Latin letters or digits"]
    elif models.Asset.objects.filter(pk=draft.id).exists():
        found["id"] = [f"{draft.id} exists already"]
    _refuse(found)
    row = models.Asset(id=draft.id, name=draft.name, scale=draft.scale, type=draft.type, source="Internal")
    row.save(force_insert=True)
    audit.changed(actor, "asset", row.id, {}, audit.as_state(_asset(row)))
    return _asset(row)


def update(actor: Actor, asset_id: str, change: AssetChange, *, version: int | None = None) -> None:
    row = versions.lock(models.Asset.objects.all(), asset_id, version=version, name="asset")
    if row.source == "Crm":
        raise Invalid(f"{asset_id} comes from the CRM and cannot be changed here.", code="crm_asset")
    found = _faults(change.name, change.scale)
    if change.scale < row.scale:
        found.setdefault("scale", []).append(f"must not shrink below {row.scale}")
    _refuse(found)
    before = audit.as_state(_asset(row))
    row.name, row.scale, row.type = change.name, change.scale, change.type
    after = audit.as_state(_asset(row))
    if before != after:
        models.Asset.objects.filter(pk=row.pk).update(name=row.name, scale=row.scale, type=row.type, version=row.version + 1, updated_at=Now())
        audit.changed(actor, "asset", row.id, before, after)


def sync(actor: Actor, assets: list[NewAsset]) -> int:
    known = {row.id: row for row in models.Asset.objects.select_for_update().order_by("id")}
    found: rules.Faults = {}
    for asset in assets:
        for name, reasons in _faults(asset.name, asset.scale).items():
            found[f"{asset.id}.{name}"] = reasons
        if not rules.ASSET_ID.fullmatch(asset.id):
            found[f"{asset.id}.id"] = ["must be 1 to 15 lower-case Latin letters or digits"]
        if asset.id in known and asset.scale < known[asset.id].scale:
            found[f"{asset.id}.scale"] = [f"must not shrink below {known[asset.id].scale}"]
    _refuse(found)
    return sum(_take_over(actor, known.get(asset.id), asset) for asset in assets)


def _take_over(actor: Actor, row: models.Asset | None, asset: NewAsset) -> bool:
    before = {} if row is None else audit.as_state(_asset(row))
    taken = models.Asset(id=asset.id, name=asset.name, scale=asset.scale, type=asset.type, source="Crm")
    if row is None:
        taken.save(force_insert=True)
    elif audit.as_state(_asset(taken)) != before:
        models.Asset.objects.filter(pk=row.pk).update(
            name=taken.name, scale=taken.scale, type=taken.type, source="Crm", version=row.version + 1, updated_at=Now()
        )
    audit.changed(actor, "asset", asset.id, before, audit.as_state(_asset(taken)))
    return audit.as_state(_asset(taken)) != before


def _asset(row: models.Asset) -> Asset:
    return Asset(id=row.id, name=row.name, scale=row.scale, type=row.type, source=row.source)


def _faults(name: str, scale: int) -> rules.Faults:
    found: rules.Faults = {}
    if not rules.ASSET_NAME.fullmatch(name):
        found["name"] = ["must be 1 to 30 Latin letters, digits or inner blanks"]
    if not 0 <= scale <= 18:
        found["scale"] = ["must be a whole number from 0 to 18"]
    return found


def _refuse(found: rules.Faults) -> None:
    if found:
        raise Invalid("The asset is not valid.", fields=found)
