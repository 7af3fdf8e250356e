"""A mail server on loopback, and what tests read from mails."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from backoffice import outgoing


class Post:
    """Takes mails; `answers` are what it says to the next ones instead, by step."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answers: dict[str, list[str]] = {"RCPT": [], "DATA": []}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.answers["RCPT"]:
            return self.answers["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.answers["DATA"]:
            return self.answers["DATA"].pop(0)
        self.envelopes.append(envelope)
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.envelopes]  # type: ignore[arg-type, misc]  # bytes, and our policy's kind of message; the packages tell less


class Office(Controller):
    def _trigger_server(self) -> None:
        """The port is whichever was free."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(settings: Any) -> Iterator[Post]:
    """A server that the settings then name."""
    post = Post()
    controller = Office(post, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        use(settings, outgoing.Outgoing(outgoing.SMTP, host="127.0.0.1", port=controller.port))
        yield post
    finally:
        controller.stop()


def use(settings: Any, mail: outgoing.Outgoing) -> None:
    settings.MAIL_IS_FOLDER, settings.EMAIL_BACKEND = mail.is_folder, mail.backend
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = mail.host, mail.port, 2


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
