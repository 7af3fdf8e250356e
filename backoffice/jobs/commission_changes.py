"""Change sets in the worker: impacts when the bell rings, and every few seconds whatever nobody works on or whose instant has come."""

import logging
from uuid import uuid4

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import DueChangeSet
from backoffice.contracts.errors import NotPermitted
from backoffice.services import back_api, identity

log = logging.getLogger(__name__)
WORKER = Actor(kind="system", id="commission-changes", name="Commission changes", door="job", operations=frozenset({operations.WORKER}))
NOT_ALLOWED = "Whoever scheduled this may no longer change commission rules."


@app.task(name="backoffice.jobs.commission_changes.run", ignore_result=True)
def run(change_set_id: str) -> None:
    for found in back_api().commission_changes.due(WORKER, change_set_id=change_set_id):
        _work(found)


@app.task(name="backoffice.jobs.commission_changes.sweep", ignore_result=True)
def sweep() -> None:
    for found in back_api().commission_changes.due(WORKER):
        _work(found)


def _work(found: DueChangeSet) -> None:
    try:
        if found.work == "Apply":
            _apply(found)
        else:
            back_api().commission_changes.run(WORKER, found.change_set_id)
    except Exception:
        # The claim runs out and another attempt follows; what is due stays due.
        log.exception("change set %s stopped its worker", found.change_set_id)


def _apply(found: DueChangeSet) -> None:
    """With the rights that the scheduler has now, not those of the moment of scheduling."""
    changes = back_api().commission_changes
    actor = identity().actor_now(found.requester_kind, found.requester_id, trace_id=uuid4().hex)
    try:
        if actor is None:
            raise NotPermitted("manage-commission-rules")
        changes.apply_due(actor, found.change_set_id)
    except NotPermitted:
        changes.fail(WORKER, found.change_set_id, reason=NOT_ALLOWED)
