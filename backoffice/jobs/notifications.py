"""Notifications in the worker: what is told in sums, digests by mail, and what is old."""

import logging
from uuid import uuid4

from backoffice.celery import app
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.notifications import DueDigest
from backoffice.services import back_api, desk, identity

log = logging.getLogger(__name__)
WORKER = Actor(kind="system", id="notifications", name="Notifications", door="job", operations=frozenset({operations.WORKER}))
NOBODY = "Its operator may no longer see notifications, or has no address."


@app.task(name="backoffice.jobs.notifications.tell_timeouts", ignore_result=True)
def tell_timeouts() -> None:
    back_api().external_timeouts.tell(WORKER)


@app.task(name="backoffice.jobs.notifications.send_digests", ignore_result=True)
def send_digests() -> None:
    for digest in back_api().notifications.take_due_digests(WORKER):
        try:
            _send(digest)
        except Exception:
            # Its claim runs out and another attempt follows; it keeps no other back.
            log.exception("digest %s stopped its worker", digest.id)


@app.task(name="backoffice.jobs.notifications.clean", ignore_result=True)
def clean() -> None:
    back_api().notifications.clean(WORKER)


def _send(digest: DueDigest) -> None:
    """With what the operator may see now."""
    actor = identity().actor_now("operator", digest.operator_id, trace_id=uuid4().hex)
    recipient = desk().own.email(actor) if actor else ""
    try:
        if actor is None or not recipient:
            raise NotPermitted("view-common")
        back_api().notifications.send_digest(actor, digest.id, recipient)
    except NotPermitted:
        back_api().notifications.abandon_digest(WORKER, digest.id, reason=NOBODY)
