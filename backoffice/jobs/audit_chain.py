"""The audit trail's chain in the worker: every few seconds what was recorded is linked, every hour the end is told to the outside."""

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import desk

WORKER = Actor(kind="system", id="audit-chain", name="Audit chain", door="job", operations=frozenset({operations.WORKER}))


@app.task(name="backoffice.jobs.audit_chain.extend", ignore_result=True)
def extend() -> None:
    desk().audit_chain.extend(WORKER)


@app.task(name="backoffice.jobs.audit_chain.export", ignore_result=True)
def export() -> None:
    desk().audit_chain.export_due(WORKER)


@app.task(name="backoffice.jobs.audit_chain.mail", ignore_result=True)
def mail() -> None:
    desk().audit_chain.mail_heads(WORKER)
