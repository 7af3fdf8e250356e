"""Mails of reports in the worker: when the bell rings, and every few seconds whatever nobody rang for."""

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import back_api

WORKER = Actor(kind="system", id="report-mail", name="Report mail", door="job", operations=frozenset({operations.WORKER}))


@app.task(name="backoffice.jobs.report_mail.deliver", ignore_result=True)
def deliver() -> None:
    back_api().report_mail.deliver(WORKER)
