"""Liquidity sessions: the connections to liquidity providers, for orders (Trading) and for quotes (MarketData)."""

from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value, Versioned

SessionKind = Literal["Trading", "MarketData"]
SessionStatus = Literal["Connected", "Disconnected", "Disabled"]


class SessionRef(Value, frozen=True, kw_only=True):
    """A liquidity session as a market shows it."""

    id: str
    name: str
    status: SessionStatus
    liquidity_provider_id: str


class LiquiditySession(Value, frozen=True, kw_only=True):
    id: str
    kind: SessionKind
    name: str
    status: SessionStatus
    liquidity_provider_id: str


class NewLiquiditySession(Value, frozen=True, kw_only=True):
    """`id`: lower-case Latin letters, digits and hyphens; made from the name when absent."""

    id: str | None = None
    kind: SessionKind
    name: str
    status: SessionStatus = "Disconnected"
    liquidity_provider_id: str


class LiquiditySessionChange(Value, frozen=True, kw_only=True):
    name: str
    status: SessionStatus
    liquidity_provider_id: str


class LiquiditySessions(Protocol):
    def find(self, actor: Actor) -> list[LiquiditySession]:
        """Every session, by id."""

    def get(self, actor: Actor, session_id: str) -> Versioned[LiquiditySession]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewLiquiditySession) -> LiquiditySession:
        """Refuses: Invalid."""

    def update(self, actor: Actor, session_id: str, change: LiquiditySessionChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid."""

    def delete(self, actor: Actor, session_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, InUse (names the markets)."""
