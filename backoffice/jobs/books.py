"""The hourly audit of the books. Beat asks every minute; what is due is told by the last pass in PostgreSQL."""

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.services import back_api

WORKER = Actor(kind="system", id="auditor", name="Auditor", door="job", operations=frozenset({operations.WORKER}))


# Of a large ledger a pass takes longer than other tasks may; a broker that delivers it again meanwhile finds the turn taken.
@app.task(name="backoffice.jobs.books.audit", ignore_result=True, soft_time_limit=3_300, time_limit=3_600)
def audit() -> None:
    back_api().books.run_due(WORKER)
