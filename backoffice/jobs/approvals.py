"""Approvals in the worker: what nobody decided on in time ends, what a crash left is carried out."""

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import desk

WORKER = Actor(kind="system", id="approvals", name="Approvals", door="job", operations=frozenset({operations.WORKER}))


@app.task(name="backoffice.jobs.approvals.sweep", ignore_result=True)
def sweep() -> None:
    desk().approvals.sweep(WORKER)
