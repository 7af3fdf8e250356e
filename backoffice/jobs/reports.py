"""Reports in the worker: due ones are queued, and each is made when the bell rings or when nobody rang."""

import logging
import time

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.reports import DueReport
from backoffice.services import back_api, identity
from backoffice.trace_ids import current

log = logging.getLogger(__name__)
WORKER = Actor(kind="system", id="reports", name="Reports", door="job", operations=frozenset({operations.WORKER}))
NOT_ALLOWED = "Whoever this is made for may no longer make it: let somebody who may save the template again, and run it."
# The longest report ends itself sooner. A broker that delivers it again meanwhile finds it claimed.
SOFT_SECONDS, SECONDS = 3_450, 3_600
# Behind these no sweep begins another report: it would not have the time that one may take. The next sweep does.
SWEEP_SECONDS = 120


@app.task(name="backoffice.jobs.reports.take_due", ignore_result=True)
def take_due() -> None:
    back_api().report_templates.take_due(WORKER)


@app.task(name="backoffice.jobs.reports.run", ignore_result=True, soft_time_limit=SOFT_SECONDS, time_limit=SECONDS)
def run(report_id: str) -> None:
    for report in back_api().reports.due(WORKER, report_id=report_id):
        _make(report)


@app.task(name="backoffice.jobs.reports.sweep", ignore_result=True, soft_time_limit=SOFT_SECONDS, time_limit=SECONDS)
def sweep() -> None:
    until = time.monotonic() + SWEEP_SECONDS
    for report in back_api().reports.due(WORKER):
        _make(report)
        if time.monotonic() > until:
            break


@app.task(name="backoffice.jobs.reports.clean", ignore_result=True)
def clean() -> None:
    back_api().reports.clean(WORKER)


def _make(report: DueReport) -> None:
    """With the rights that somebody whom it is for has now, not those of the moment of asking. One that stops its worker keeps no other back."""
    try:
        for asker in report.askers:
            actor = identity().actor_now(asker.kind, asker.id, trace_id=current())
            try:
                if actor is None:
                    continue
                back_api().reports.run(actor, report.id)
                return
            except NotPermitted:
                continue
        back_api().reports.abandon(WORKER, report.id, reason=NOT_ALLOWED)
    except Exception:
        # The claim runs out and another attempt follows; after three it fails with a reason.
        log.exception("report %s stopped its worker", report.id)
