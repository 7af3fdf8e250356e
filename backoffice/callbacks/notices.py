"""What those who run the desk are told of callbacks: each fact once, in the transaction that makes it one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from backoffice.callbacks import models
from backoffice.callbacks.claims import Job
from backoffice.callbacks.send import Outcome
from backoffice.notifications import post

NOTED_AFTER = timedelta(hours=24)
PAUSED_AFTER = timedelta(hours=120)
REFUSALS_NOTED = 3


def of_results(results: Iterable[tuple[Job, Outcome, str | None]]) -> None:
    for job, outcome, dead_reason in results:
        about = {"webhookId": job.webhook_id, "clientId": job.client_id, "host": job.host, "attempts": str(job.attempts + 1)}
        if dead_reason is not None:
            post.post("CallbackDead", "error", about | {"reason": dead_reason}, key=f"CallbackDead:{job.webhook_id}")
        elif outcome.status is not None and 400 <= outcome.status <= 499 and outcome.status != 429 and job.attempts + 1 >= REFUSALS_NOTED:
            # A receiver that is not set up rightly: it answers, and it will go on answering this.
            key = f"CallbackRefusedByReceiver:{job.webhook_id}"
            post.post("CallbackRefusedByReceiver", "warning", about | {"status": str(outcome.status)}, key=key)


def of_host(host: str, failing_since: datetime, now: datetime, noted_at: datetime | None, paused_at: datetime | None) -> None:
    """Note after a day of nothing but failures, and leave the host alone after five."""
    failing = now - failing_since
    about = {"host": host, "failingSince": failing_since.isoformat(timespec="seconds")}
    row = models.Host.objects.filter(pk=host)
    if failing >= PAUSED_AFTER and paused_at is None:
        row.update(paused_at=now)
        post.post("CallbackHostPaused", "error", about, key=f"CallbackHostPaused:{host}:{failing_since.isoformat()}")
    elif failing >= NOTED_AFTER and noted_at is None:
        row.update(noted_at=now)
        post.post("CallbackHostFailing", "warning", about, key=f"CallbackHostFailing:{host}:{failing_since.isoformat()}")
