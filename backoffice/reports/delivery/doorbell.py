"""The bell of the worker that sends mails."""

from backoffice.core import doorbell

DELIVER = "backoffice.jobs.report_mail.deliver"
EXPIRES = 5


def ring() -> None:
    doorbell.ring(DELIVER, queue="mail", expires=EXPIRES)
