"""The hosted ReportMail."""

from django.db.models.functions import Now
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.report_templates import TemplateRun
from backoffice.core import audit
from backoffice.reports import asking, reading, templates
from backoffice.reports.delivery.mailbox import has_mailbox, kept_mail, mail, mail_file, mails
from backoffice.reports.delivery.sending import deliver
from backoffice.reports.delivery.subscriptions import subscribe, subscription, unsubscribe
from backoffice.reports.models import Delivery

__all__ = [
    "again",
    "deliver",
    "has_mailbox",
    "kept_mail",
    "mail",
    "mail_file",
    "mails",
    "subscribe",
    "subscription",
    "test",
    "unsubscribe",
]


def test(actor: Actor, template_id: str, *, recipient: str) -> TemplateRun:
    if faults := asking.address_faults([recipient]):
        raise Invalid("A test cannot be mailed there.", fields={"recipient": next(iter(faults.values()))})
    return templates.run(actor, template_id, only_to=recipient)


def again(actor: Actor, report_id: str) -> None:
    report = reading.one(actor, report_id, is_locked=True)
    if report.status != "Completed" or report.expires_at <= timezone.now():
        raise Conflict("There is no file to mail any more: run the report again.", code="expired")
    failed = Delivery.objects.filter(report=report, state="Failed")
    recipients = list(failed.values_list("recipient", flat=True))
    if not failed.update(state="Waiting", attempts=0, next_attempt_at=Now(), finished_at=None):
        raise Conflict("No mail of this report has failed.", code="none_failed")
    audit.changed(actor, "report", str(report.pk), {}, {"mailed again": ", ".join(recipients)})
