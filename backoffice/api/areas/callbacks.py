"""Callbacks: what was told and what was not, sending again, hosts, and what an API client's callbacks need."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import (
    AllowedHosts,
    Callback,
    CallbackDetail,
    CallbackHost,
    CallbackQuery,
    CallbackSecret,
    CallbackSettings,
    Replayed,
    ReplayFailed,
    ReplayRequest,
    ReplayResult,
)
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor, query: CallbackQuery) -> Page[Callback]:
    """Callbacks, newest first."""
    return back_api().callbacks.find(actor, query)


def get(actor: Actor, webhook_id: str) -> CallbackDetail:
    """One callback, with every attempt at it."""
    return back_api().callbacks.get(actor, webhook_id)


def replay(actor: Actor, body: ReplayRequest) -> list[ReplayResult]:
    """Send callbacks again, with the same ids and bytes."""
    return back_api().callbacks.replay(actor, body.webhook_ids)


def replay_failed(actor: Actor, body: ReplayFailed) -> Replayed:
    """Send again what died since then."""
    return Replayed(count=back_api().callbacks.replay_failed(actor, since=body.since, host=body.host))


def hosts(actor: Actor) -> list[CallbackHost]:
    """Receiving hosts, and how they fare."""
    return back_api().callbacks.hosts(actor)


def resume(actor: Actor, host: str) -> None:
    """Send to a paused host again."""
    back_api().callbacks.resume_host(actor, host)


def settings(actor: Actor, client_id: str) -> Versioned[CallbackSettings]:
    """Where an API client's callbacks may go, and what signs them."""
    return back_api().callbacks.settings(actor, client_id)


def allow_hosts(actor: Actor, client_id: str, body: AllowedHosts, version: int | None) -> None:
    """Replace the hosts that an API client's callbacks may go to."""
    back_api().callbacks.allow_hosts(actor, client_id, body.allowed_hosts, version=version)


def make_secret(actor: Actor, client_id: str) -> CallbackSecret:
    """Make an API client's signing secret, or the one that takes over; shown once."""
    return back_api().callbacks.make_secret(actor, client_id)


def end_previous_secret(actor: Actor, client_id: str) -> None:
    """Let the previous signing secret end at once."""
    back_api().callbacks.end_previous_secret(actor, client_id)
