"""Market groups: sets of markets that commission rules and filters name together."""

from typing import Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value, Versioned


class MarketGroup(Value, frozen=True, kw_only=True):
    market_group_id: str
    name: str
    market_count: int


class NewMarketGroup(Value, frozen=True, kw_only=True):
    """`market_group_id`: lower-case Latin letters, digits and hyphens; made from the name when absent."""

    market_group_id: str | None = None
    name: str


class MarketGroupChange(Value, frozen=True, kw_only=True):
    name: str


class MarketGroups(Protocol):
    def find(self, actor: Actor) -> list[MarketGroup]:
        """Every group, by name."""

    def get(self, actor: Actor, market_group_id: str) -> Versioned[MarketGroup]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewMarketGroup) -> MarketGroup:
        """Refuses: Invalid."""

    def update(self, actor: Actor, market_group_id: str, change: MarketGroupChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid."""

    def delete(self, actor: Actor, market_group_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, InUse (names the markets)."""
