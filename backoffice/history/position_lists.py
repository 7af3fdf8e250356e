"""The hosted PositionLists."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import PageQuery, RowsQuery
from backoffice.contracts.paging import Page, Rows
from backoffice.contracts.position_lists import ClosedPositionRow, FundingPaymentRow, PositionRow, PositionSwapRow
from backoffice.history import asking
from backoffice.history.position_sources import CLOSED_POSITIONS, FUNDING_PAYMENTS, POSITION_SWAPS, POSITIONS


def positions(actor: Actor, query: RowsQuery) -> Rows[PositionRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(POSITIONS, PositionRow, query)


def positions_page(actor: Actor, query: PageQuery) -> Page[PositionRow]:  # noqa: ARG001  verbs are told who asks
    return asking.page(POSITIONS, PositionRow, query)


def closed_positions(actor: Actor, query: RowsQuery) -> Rows[ClosedPositionRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(CLOSED_POSITIONS, ClosedPositionRow, query)


def closed_positions_page(actor: Actor, query: PageQuery) -> Page[ClosedPositionRow]:  # noqa: ARG001  verbs are told who asks
    return asking.page(CLOSED_POSITIONS, ClosedPositionRow, query)


def position_swaps(actor: Actor, query: RowsQuery) -> Rows[PositionSwapRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(POSITION_SWAPS, PositionSwapRow, query)


def position_swaps_page(actor: Actor, query: PageQuery) -> Page[PositionSwapRow]:  # noqa: ARG001  verbs are told who asks
    return asking.page(POSITION_SWAPS, PositionSwapRow, query)


def funding_payments(actor: Actor, query: RowsQuery) -> Rows[FundingPaymentRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(FUNDING_PAYMENTS, FundingPaymentRow, query)


def funding_payments_page(actor: Actor, query: PageQuery) -> Page[FundingPaymentRow]:  # noqa: ARG001  verbs are told who asks
    return asking.page(FUNDING_PAYMENTS, FundingPaymentRow, query)
