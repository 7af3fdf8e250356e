"""What a market's prices did: candles over stretches of time, as values and as a file, and where clients traded."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, BinaryIO, Protocol

from msgspec import Meta

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import Side
from backoffice.contracts.intervals import CandleInterval
from backoffice.contracts.value import Value

Instant = Annotated[datetime, Meta(tz=True)]
# Executions are looked at from the newest on, up to this many.
MARKED_MOST = 20_000


class CandleQuery(Value, frozen=True, kw_only=True):
    """Candles that begin from `date_from` on, before `date_to`; each is whole, though the last may still be under way."""

    market_id: str
    interval: CandleInterval
    date_from: Instant
    date_to: Instant


class Candle(Value, frozen=True, kw_only=True):
    """Prices from `start` on: the first, the highest, the lowest, the last. Without a trade or quote there is none."""

    start: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


class Mark(Value, frozen=True, kw_only=True):
    """What was executed on one side during the candle that begins at `start`; `price` is the average, weighed by amount."""

    start: datetime
    side: Side
    executions: int
    base_amount: Decimal
    price: Decimal


class Marks(Value, frozen=True, kw_only=True):
    """With `is_exceeded`, of the newest MARKED_MOST executions only."""

    items: list[Mark]
    is_exceeded: bool


class Charts(Protocol):
    def candles(self, actor: Actor, query: CandleQuery) -> list[Candle]:
        """Oldest first. Refuses: NotFound (the market), Invalid (the range: its order, longer than the interval's depth)."""

    def file(self, actor: Actor, query: CandleQuery) -> tuple[str, BinaryIO]:
        """A file name and the candles as CSV: start, open, high, low, close. Refuses: as candles."""

    def marks(self, actor: Actor, query: CandleQuery, *, account_id: str | None = None) -> Marks:
        """Of all clients, or of one account; oldest first. Refuses: as candles."""
