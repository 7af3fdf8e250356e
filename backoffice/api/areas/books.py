"""How the books stand, an audit of them on demand, and money set free again."""

from typing import Annotated

from msgspec import Meta

from backoffice.contracts.actor import Actor
from backoffice.contracts.books import AuditPass, BooksState, Reopening
from backoffice.contracts.value import Value
from backoffice.services import back_api


class PassesQuery(Value, frozen=True, kw_only=True):
    """`before` is the id of the last pass seen."""

    before: Annotated[int, Meta(ge=1)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


def state(actor: Actor) -> BooksState:
    """Whether money may move, and the last audit pass and the last green one."""
    return back_api().books.latest(actor)


def passes(actor: Actor, query: PassesQuery) -> list[AuditPass]:
    """The audit passes of the last 90 days, newest first."""
    return back_api().books.passes(actor, before=query.before, limit=query.limit)


def audit(actor: Actor) -> AuditPass:
    """Audit all of the books now; a violation makes money read-only."""
    return back_api().books.audit(actor)


def reopen(actor: Actor, body: Reopening) -> BooksState:
    """Let money move again after a green pass."""
    return back_api().books.reopen(actor, body.reason)
