"""Mails to people about their own sign-ins and factors."""

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import desk

WORKER = Actor(kind="system", id="letters", name="Letters", door="job", operations=frozenset({operations.WORKER}))


@app.task(name="backoffice.jobs.letters.send", ignore_result=True)
def send() -> None:
    desk().operators.send_letters(WORKER)
