"""Trades, as lists that are asked for by filters."""

from backoffice.api.areas import lists
from backoffice.api.endpoint import Written
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import RowsQuery
from backoffice.contracts.trade_lists import TradeRows, UnsolicitedTradeRows
from backoffice.services import back_api


def find(actor: Actor, body: RowsQuery) -> Written[TradeRows]:
    """Executions that match, the newest first."""
    found = back_api().trade_lists.trades(actor, body)
    return Written(lists.limited(found), lists.following(found))


def find_unsolicited(actor: Actor, body: RowsQuery) -> Written[UnsolicitedTradeRows]:
    """Trades that were reported of orders that were over, the newest first."""
    found = back_api().trade_lists.unsolicited_trades(actor, body)
    return Written(lists.limited(found), lists.following(found))
