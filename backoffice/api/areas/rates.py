"""The root asset, prices, and the rates that follow from them."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.rates import NewPrice, Price, Rate, RootAsset
from backoffice.services import back_api


def find(actor: Actor) -> list[Rate]:
    """The rate of every asset to the root asset."""
    return back_api().rates.find(actor)


def prices(actor: Actor) -> list[Price]:
    """Every price that rates are worked out from."""
    return back_api().rates.prices(actor)


def set_prices(actor: Actor, body: list[NewPrice]) -> None:
    """Put these prices in place of earlier ones of the same pairs."""
    back_api().rates.set_prices(actor, body)


def root(actor: Actor) -> RootAsset:
    """The asset that every total is shown in."""
    chosen = back_api().rates.root(actor)
    if chosen is None:
        raise NotFound("No root asset has been chosen yet.")
    return chosen


def set_root(actor: Actor, body: RootAsset) -> None:
    """Choose the root asset, once."""
    back_api().rates.set_root(actor, body.asset_id)
