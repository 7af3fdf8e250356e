"""Change sets in the worker: what is due at its instant, and impacts when the bell rings or when nobody rang."""

import logging

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import DueChangeSet
from backoffice.contracts.errors import Held, Invalid, NotPermitted
from backoffice.services import back_api, identity
from backoffice.trace_ids import current

log = logging.getLogger(__name__)
WORKER = Actor(kind="system", id="commission-changes", name="Commission changes", door="job", operations=frozenset({operations.WORKER}))
NOT_ALLOWED = "Whoever scheduled this may no longer change commission rules."


@app.task(name="backoffice.jobs.commission_changes.apply_due", ignore_result=True)
def apply_due() -> None:
    for found in back_api().commission_changes.due(WORKER, "Apply"):
        _guarded(found)


@app.task(name="backoffice.jobs.commission_changes.estimate", ignore_result=True)
def estimate(change_set_id: str) -> None:
    back_api().commission_changes.run(WORKER, change_set_id)


@app.task(name="backoffice.jobs.commission_changes.estimate_all", ignore_result=True)
def estimate_all() -> None:
    for found in back_api().commission_changes.due(WORKER, "Estimate"):
        _guarded(found)


def _guarded(found: DueChangeSet) -> None:
    """One that stops its worker does not keep the next from being done."""
    try:
        if found.work == "Apply":
            _apply(found)
        else:
            estimate(found.change_set_id)
    except Exception:
        # It is found again while it is due; what is wrong with one is no reason to leave the others.
        log.exception("change set %s stopped its worker", found.change_set_id)


def _apply(found: DueChangeSet) -> None:
    """With the rights that the scheduler has now, not those of the moment of scheduling."""
    changes = back_api().commission_changes
    actor = identity().actor_now(found.requester_kind, found.requester_id, trace_id=current())
    try:
        if actor is None:
            raise NotPermitted("manage-commission-rules")
        changes.apply_due(actor, found.change_set_id)
    except NotPermitted:
        changes.fail(WORKER, found.change_set_id, reason=NOT_ALLOWED)
    except Held as held:
        # Approving of it applies it; it stays due meanwhile, and each look finds the same approval.
        log.info("change set %s waits for approval %s", found.change_set_id, held.approval_id)
    except Invalid as refusal:
        changes.fail(WORKER, found.change_set_id, reason=refusal.detail)
