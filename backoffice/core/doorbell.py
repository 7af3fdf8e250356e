"""Tells a worker early. Nobody waits for it and nothing depends on it: a sweep finds every row within seconds."""

import logging

from backoffice import spans
from backoffice.celery import app
from backoffice.trace_ids import HEADER, current

log = logging.getLogger(__name__)


def ring(task: str, *arguments: str, queue: str, expires: int | None = None) -> bool:
    """Whether the bell was heard; nobody has to care."""
    headers = {name: value for name, value in ((HEADER, current()), ("traceparent", spans.traceparent())) if value}
    try:
        app.send_task(task, args=arguments, queue=queue, expires=expires, headers=headers, retry=False, ignore_result=True)
    except Exception as error:  # a broker that is down in whatever way is no reason to fail a request
        log.info("the doorbell is out of order: %s", type(error).__name__)
        return False
    return True
