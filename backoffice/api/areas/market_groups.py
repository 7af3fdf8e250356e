"""Market groups."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.market_groups import MarketGroup, MarketGroupChange, NewMarketGroup
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor) -> list[MarketGroup]:
    """Every market group."""
    return back_api().market_groups.find(actor)


def get(actor: Actor, market_group_id: str) -> Versioned[MarketGroup]:
    """One market group."""
    return back_api().market_groups.get(actor, market_group_id)


def create(actor: Actor, body: NewMarketGroup) -> MarketGroup:
    """Make a market group."""
    return back_api().market_groups.create(actor, body)


def update(actor: Actor, market_group_id: str, body: MarketGroupChange, version: int | None) -> None:
    """Rename a market group."""
    back_api().market_groups.update(actor, market_group_id, body, version=version)


def delete(actor: Actor, market_group_id: str, version: int | None) -> None:
    """Delete a market group that no market uses."""
    back_api().market_groups.delete(actor, market_group_id, version=version)
