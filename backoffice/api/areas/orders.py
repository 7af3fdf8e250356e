"""Orders, as lists that are asked for by filters."""

from backoffice.api.areas import lists
from backoffice.api.endpoint import Written
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import RowsQuery
from backoffice.contracts.order_lists import ExternalOrderRows, OpenOrderRows, OpenOrdersQuery, OrderRows
from backoffice.services import back_api


def find(actor: Actor, body: RowsQuery) -> Written[OrderRows]:
    """Orders that match, the newest first."""
    found = back_api().order_lists.orders(actor, body)
    return Written(lists.limited(found), lists.following(found))


def find_open(actor: Actor, body: OpenOrdersQuery) -> Written[OpenOrderRows]:
    """Open orders that match, counted, the newest first."""
    found = back_api().order_lists.open_orders(actor, body)
    return Written(lists.counted(found), lists.following(found))


def find_external(actor: Actor, body: RowsQuery) -> Written[ExternalOrderRows]:
    """Orders with liquidity providers that match, the newest first."""
    found = back_api().order_lists.external_orders(actor, body)
    return Written(lists.limited(found), lists.following(found))
