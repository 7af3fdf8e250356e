"""Market files in the worker: one at a time when the bell rings, and every few seconds whatever nobody works on."""

import logging

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.market_files import DueFile
from backoffice.services import back_api, identity
from backoffice.trace_ids import current

log = logging.getLogger(__name__)
WORKER = Actor(kind="system", id="market-files", name="Market files", door="job", operations=frozenset({operations.WORKER}))
NOT_ALLOWED = "Whoever asked for this may no longer import or export markets."


@app.task(name="backoffice.jobs.market_files.run", ignore_result=True)
def run(file_id: str) -> None:
    for file in back_api().market_files.due(WORKER, file_id=file_id):
        _work(file)


@app.task(name="backoffice.jobs.market_files.sweep", ignore_result=True)
def sweep() -> None:
    for file in back_api().market_files.due(WORKER):
        _work(file)
    back_api().market_files.clean(WORKER)


def _work(file: DueFile) -> None:
    """With the rights that the requester has now, not those of the moment of asking."""
    files = back_api().market_files
    actor = identity().actor_now(file.requester_kind, file.requester_id, trace_id=current())
    try:
        if actor is None:
            raise NotPermitted("manage-markets")
        files.run(actor, file.id)
    except NotPermitted:
        files.abandon(WORKER, file.id, reason=NOT_ALLOWED)
    except Exception:
        # The claim runs out and another attempt follows; after three the file fails with a reason.
        log.exception("market file %s stopped its worker", file.id)
