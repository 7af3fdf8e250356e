"""Delivery of reports by mail: to each recipient once, tried again for a while; tests, unsubscribing, and the mailbox of a desk that sends none."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.report_templates import TemplateRun
from backoffice.contracts.value import Value


class Subscription(Value, frozen=True, kw_only=True):
    """What the link in a mail is about: reports of a template to a recipient, or any report, where `template_name` is None."""

    recipient: str
    template_name: str | None
    is_ended: bool


class TemplateTest(Value, frozen=True, kw_only=True):
    recipient: str


class MailPart(Value, frozen=True, kw_only=True):
    """`number` names it for downloading. `is_inline`: it is a picture in the text."""

    number: int
    name: str
    kind: str
    size: int
    is_inline: bool


class MailSummary(Value, frozen=True, kw_only=True):
    id: str
    recipient: str
    subject: str
    sent_at: datetime
    report_id: str


class Mail(MailSummary, frozen=True, kw_only=True):
    """`html` has its pictures in itself, and is to be shown where it can do nothing."""

    sender: str
    headers: list[tuple[str, str]]
    text: str
    html: str
    parts: list[MailPart]


class MailFile(NamedTuple):
    name: str
    kind: str
    content: bytes


class KeptMail(NamedTuple):
    """The mail as it went out."""

    name: str
    path: Path


class ReportMail(Protocol):
    def deliver(self, actor: Actor) -> int:
        """For the worker: try every delivery that is due; how many were tried."""

    def test(self, actor: Actor, template_id: str, *, recipient: str) -> TemplateRun:
        """A report of the template now, in the actor's name, mailed to this recipient alone.

        Refuses: NotFound, Invalid, NotPermitted (of the source).
        """

    def again(self, actor: Actor, report_id: str) -> None:
        """Try the failed deliveries of a report anew. Refuses: NotFound, Conflict (`none_failed`, `expired`)."""

    def subscription(self, actor: Actor, token: str) -> Subscription:
        """Of the link in a mail, for whoever has it. Refuses: NotFound."""

    def unsubscribe(self, actor: Actor, token: str) -> Subscription:
        """Refuses: NotFound."""

    def subscribe(self, actor: Actor, token: str) -> Subscription:
        """Take it back. Refuses: NotFound."""

    def has_mailbox(self, actor: Actor) -> bool:
        """Whether mails go to a folder instead of to anybody."""

    def mails(self, actor: Actor) -> list[MailSummary]:
        """Of reports that the actor may see, newest first, up to two hundred. Refuses: NotFound (no mailbox)."""

    def mail(self, actor: Actor, mail_id: str) -> Mail:
        """Refuses: NotFound."""

    def mail_file(self, actor: Actor, mail_id: str, number: int) -> MailFile:
        """Refuses: NotFound."""

    def kept_mail(self, actor: Actor, mail_id: str) -> KeptMail:
        """Refuses: NotFound."""
