"""Assets: what is traded and held. Crm assets come from the client system, Internal ones are made here for CFD and perpetual markets."""

from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value, Versioned

AssetType = Literal["Fiat", "Crypto", "Metals", "Energies", "Commodities", "Indices", "Stocks", "Etf", "Bonds", "Other"]
AssetSource = Literal["Crm", "Internal"]


class Asset(Value, frozen=True, kw_only=True):
    id: str
    name: str
    scale: int
    type: AssetType
    source: AssetSource


class NewAsset(Value, frozen=True, kw_only=True):
    """`id`: up to 15 lower-case Latin letters and digits; `name`: up to 30 letters, digits and blanks; `scale`: 0 to 18."""

    id: str
    name: str
    scale: int = 0
    type: AssetType


class AssetChange(Value, frozen=True, kw_only=True):
    name: str
    scale: int
    type: AssetType


class Assets(Protocol):
    def find(self, actor: Actor) -> list[Asset]:
        """Every asset, by id."""

    def get(self, actor: Actor, asset_id: str) -> Versioned[Asset]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewAsset) -> Asset:
        """Refuses: Invalid."""

    def update(self, actor: Actor, asset_id: str, change: AssetChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid (a Crm asset; a smaller scale)."""

    def sync(self, actor: Actor, assets: list[NewAsset]) -> int:
        """Take over the CRM's assets: new ones are made, others follow it, an internal one of the same id becomes a Crm one.

        How many changed. Refuses: Invalid (a smaller scale; `fields` names each asset).
        """
