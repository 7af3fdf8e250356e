"""Market groups."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.market_groups import MarketGroup, MarketGroupChange, NewMarketGroup
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor) -> list[MarketGroup]:
    return back_api().market_groups.find(actor)


def get(actor: Actor, market_group_id: str) -> Versioned[MarketGroup]:
    return back_api().market_groups.get(actor, market_group_id)


def create(actor: Actor, body: NewMarketGroup) -> MarketGroup:
    return back_api().market_groups.create(actor, body)


def update(actor: Actor, market_group_id: str, body: MarketGroupChange, version: int | None) -> None:
    back_api().market_groups.update(actor, market_group_id, body, version=version)


def delete(actor: Actor, market_group_id: str, version: int | None) -> None:
    back_api().market_groups.delete(actor, market_group_id, version=version)
