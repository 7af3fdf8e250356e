"""The hosted TradeLists."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import PageQuery, RowsQuery
from backoffice.contracts.paging import Page, Rows
from backoffice.contracts.trade_lists import ListedTrade, ListedUnsolicitedTrade, TradeRow, UnsolicitedTradeRow
from backoffice.history import asking
from backoffice.history.trade_sources import TRADES, UNSOLICITED_TRADES


def trades(actor: Actor, query: RowsQuery) -> Rows[TradeRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(TRADES, TradeRow, query)


def trades_page(actor: Actor, query: PageQuery) -> Page[ListedTrade]:  # noqa: ARG001  verbs are told who asks
    return asking.page(TRADES, ListedTrade, query)


def unsolicited_trades(actor: Actor, query: RowsQuery) -> Rows[UnsolicitedTradeRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(UNSOLICITED_TRADES, UnsolicitedTradeRow, query)


def unsolicited_trades_page(actor: Actor, query: PageQuery) -> Page[ListedUnsolicitedTrade]:  # noqa: ARG001  verbs are told who asks
    return asking.page(UNSOLICITED_TRADES, ListedUnsolicitedTrade, query)
