"""Totals in the worker: what was written since the last time is folded into them every few seconds."""

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import back_api

WORKER = Actor(kind="system", id="totals", name="Totals", door="job", operations=frozenset({operations.WORKER}))


@app.task(name="backoffice.jobs.history.fold", ignore_result=True)
def fold() -> None:
    back_api().totals.fold(WORKER)
