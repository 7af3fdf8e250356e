"""Positions, what was closed of them and what they paid or got, as lists that are asked for by filters."""

from backoffice.api.areas import lists
from backoffice.api.endpoint import Written
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import RowsQuery
from backoffice.contracts.position_lists import ClosedPositionRows, FundingPaymentRows, PositionRows, PositionSwapRows
from backoffice.services import back_api


def find_open(actor: Actor, body: RowsQuery) -> Written[PositionRows]:
    """Open positions that match, the newest first."""
    return Written(lists.items(back_api().position_lists.positions(actor, body)))


def find_closed(actor: Actor, body: RowsQuery) -> Written[ClosedPositionRows]:
    """What orders closed of positions, the newest first."""
    return Written(lists.items(back_api().position_lists.closed_positions(actor, body)))


def find_swaps(actor: Actor, body: RowsQuery) -> Written[PositionSwapRows]:
    """Interest of positions over nights, the newest first."""
    return Written(lists.items(back_api().position_lists.position_swaps(actor, body)))


def find_funding(actor: Actor, body: RowsQuery) -> Written[FundingPaymentRows]:
    """Funding payments of perpetuals, the newest first."""
    return Written(lists.items(back_api().position_lists.funding_payments(actor, body)))
