"""The tables of trading: written as things happen, and then kept as they are."""

from backoffice.trading.models.execution import Execution, OrderFills, UnsolicitedTrade
from backoffice.trading.models.order import ExternalOrder, Order, ToldTimeouts
from backoffice.trading.models.position import Closing, Funding, Position, Swap

__all__ = ["Closing", "Execution", "ExternalOrder", "Funding", "Order", "OrderFills", "Position", "Swap", "ToldTimeouts", "UnsolicitedTrade"]
