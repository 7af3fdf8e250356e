"""Liquidity sessions."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.liquidity import LiquiditySession, LiquiditySessionChange, NewLiquiditySession
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor) -> list[LiquiditySession]:
    """Every liquidity session."""
    return back_api().liquidity_sessions.find(actor)


def get(actor: Actor, session_id: str) -> Versioned[LiquiditySession]:
    """One liquidity session."""
    return back_api().liquidity_sessions.get(actor, session_id)


def create(actor: Actor, body: NewLiquiditySession) -> LiquiditySession:
    """Make a liquidity session."""
    return back_api().liquidity_sessions.create(actor, body)


def update(actor: Actor, session_id: str, body: LiquiditySessionChange, version: int | None) -> None:
    """Change a liquidity session."""
    back_api().liquidity_sessions.update(actor, session_id, body, version=version)


def delete(actor: Actor, session_id: str, version: int | None) -> None:
    """Delete a liquidity session that no market uses."""
    back_api().liquidity_sessions.delete(actor, session_id, version=version)
