"""Tells the worker early. Nobody waits for it and nothing depends on it: the sweep finds every file within seconds."""

import logging

from backoffice.celery import app

RUN = "backoffice.jobs.market_files.run"
log = logging.getLogger(__name__)


def ring(file_id: str) -> None:
    try:
        app.send_task(RUN, args=[file_id], queue="files", retry=False, ignore_result=True)
    except Exception as error:  # a broker that is down in whatever way is no reason to fail a request
        log.info("the doorbell is out of order: %s", type(error).__name__)
