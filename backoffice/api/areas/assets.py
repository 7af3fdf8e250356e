"""Assets, those of the client system and internal ones."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import Asset, AssetChange, NewAsset
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor) -> list[Asset]:
    """Every asset."""
    return back_api().assets.find(actor)


def get(actor: Actor, asset_id: str) -> Versioned[Asset]:
    """One asset."""
    return back_api().assets.get(actor, asset_id)


def create(actor: Actor, body: NewAsset) -> Asset:
    """Make an internal asset."""
    return back_api().assets.create(actor, body)


def update(actor: Actor, asset_id: str, body: AssetChange, version: int | None) -> None:
    """Change an internal asset."""
    back_api().assets.update(actor, asset_id, body, version=version)
