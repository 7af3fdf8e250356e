"""The worker's part: one delivery after another is claimed, written, handed over and marked; no transaction is open meanwhile."""

import logging
import time
from typing import Final

from django.conf import settings
from django.db import transaction

from backoffice.contracts.actor import Actor
from backoffice.core import arming, mail
from backoffice.core.crashes import crash
from backoffice.notifications.post import post
from backoffice.reports import sources
from backoffice.reports.delivery import claims, doorbell, letter, schedule, subscriptions
from backoffice.reports.delivery.claims import Claimed
from backoffice.reports.models import Delivery, Report

log = logging.getLogger(__name__)
FAILED: Final = "ReportMailFailed"
# Then the task ends and the next one goes on, so that a release or a stop never waits long.
SECONDS = 120
GIVEN_UP = "Its worker stopped each time this mail was tried."


def deliver(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    tried, until = 0, time.monotonic() + SECONDS
    if not arming.is_armed():
        return tried
    while time.monotonic() < until:
        claimed = claims.take()
        if claimed is None:
            return tried
        crash("mail_after_claim")
        tried += 1
        _try(claimed)
    doorbell.ring()
    return tried


def _try(claimed: Claimed) -> None:
    if reason := unwanted(claimed.delivery):
        claimed.end("Cancelled", reason)
        return
    if claimed.attempts > schedule.MOST_ATTEMPTS:
        _failed(claimed, claimed.delivery.reason or GIVEN_UP)
        return
    try:
        message = letter.write(claimed.delivery)
        crash("mail_before_sending")
        mail.hand_over(message)
        crash("mail_after_sending")
    except mail.Refused as error:
        _failed(claimed, str(error))
    except mail.NotNow as error:
        _later(claimed, str(error))
    except Exception as error:
        # Whatever is wrong with one mail keeps no other back.
        log.exception("the mail of delivery %s could not be written", claimed.delivery.pk)
        _later(claimed, f"It could not be written: {type(error).__name__}")
    else:
        if not claimed.end("Sent", None):
            log.warning("delivery %s was claimed by another worker while it was sent", claimed.delivery.pk)


def unwanted(delivery: Delivery) -> str | None:
    """Why it is not sent any more, whatever it is owed for."""
    report: Report = delivery.report
    if report.deleted_at is not None:
        return "The report was deleted."
    if report.status != "Completed":
        return "The report has expired."
    domain = delivery.recipient.rpartition("@")[2].casefold()
    if settings.REPORT_MAIL_DOMAINS and domain not in settings.REPORT_MAIL_DOMAINS:
        return f"Reports are no longer mailed to {domain}."
    if subscriptions.is_ended(delivery):
        return "The recipient has unsubscribed."
    return None


def _later(claimed: Claimed, reason: str) -> None:
    if not claimed.put_off(reason):
        _failed(claimed, reason)


def _failed(claimed: Claimed, reason: str) -> None:
    delivery = claimed.delivery
    with transaction.atomic():
        if claimed.end("Failed", reason):
            report = delivery.report
            data = {
                "reportId": str(report.pk),
                "name": report.name,
                "recipient": delivery.recipient,
                "owner": report.created_by,
                "reason": reason[:500],
            }
            post(FAILED, "error", data, needs=[sources.KINDS[report.source].operation])
