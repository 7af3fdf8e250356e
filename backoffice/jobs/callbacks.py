"""Callbacks in the worker: when the bell rings, and every few seconds whatever nobody rang for."""

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import back_api

WORKER = Actor(kind="system", id="callbacks", name="Callbacks", door="job", operations=frozenset({operations.WORKER}))


@app.task(name="backoffice.jobs.callbacks.deliver", ignore_result=True)
def deliver() -> None:
    back_api().callbacks.deliver(WORKER)


@app.task(name="backoffice.jobs.callbacks.clean", ignore_result=True)
def clean() -> None:
    back_api().callbacks.clean(WORKER)
