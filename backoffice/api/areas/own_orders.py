"""A trader's own orders, for the terminal."""

from backoffice.api.endpoint import Written
from backoffice.contracts.actor import Actor
from backoffice.contracts.own_orders import OwnOrder, OwnOrdersQuery
from backoffice.services import back_api


def get(actor: Actor, order_id: str, own_account: str) -> Written[list[OwnOrder]]:
    """One order of an account of one's own."""
    return Written(back_api().own_orders.get(actor, own_account, order_id).json)


def find(actor: Actor, body: OwnOrdersQuery, own_account: str) -> Written[list[OwnOrder]]:
    """Orders of an account of one's own, the newest first."""
    return Written(back_api().own_orders.find(actor, own_account, body).json)
