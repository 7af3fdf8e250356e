"""Looking into the folder of mails that went nowhere."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.report_mail import KeptMail, Mail, MailFile, MailPart, MailSummary
from backoffice.core import ids
from backoffice.reports import reading
from backoffice.reports.delivery import folder
from backoffice.reports.delivery.letter import REPORT_ID

MOST = 200
ID = re.compile(rf"[0-9a-f]{{{folder.LETTERS}}}")
# Of each mail in the list no more than its headers is read.
HEAD_BYTES = 16_384
SHOWN = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted")


def has_mailbox(actor: Actor) -> bool:  # noqa: ARG001  verbs are told who asks
    return settings.MAIL_IS_FOLDER


def mails(actor: Actor) -> list[MailSummary]:
    _require()
    places = sorted(folder.folder().glob(f"*{folder.SUFFIX}"), key=lambda place: place.stat().st_mtime, reverse=True)[:MOST]
    with_heads = [(place, _parsed(_head(place))) for place in places]
    wanted = {ids.known(str(head[REPORT_ID] or "")) for _, head in with_heads}
    seen = {str(pk) for pk in reading.seen(actor).filter(pk__in=wanted).values_list("pk", flat=True)}
    return [_summary(place, head) for place, head in with_heads if head[REPORT_ID] in seen]


def mail(actor: Actor, mail_id: str) -> Mail:
    place, message = _open(actor, mail_id)
    summary = _summary(place, message)
    parts = list(_parts(message))
    return Mail(
        **{name: getattr(summary, name) for name in MailSummary.__struct_fields__},
        sender=str(message["From"]),
        headers=[(name, " ".join(str(message[name]).split())) for name in SHOWN if message[name]],
        text=_text(message, "plain"),
        html=_with_pictures(_text(message, "html"), [part for _, part in parts]),
        parts=[_part(number, part) for number, part in parts],
    )


def mail_file(actor: Actor, mail_id: str, number: int) -> MailFile:
    _, message = _open(actor, mail_id)
    for found, part in _parts(message):
        if found == number:
            return MailFile(_name(part, number), part.get_content_type(), _content(part))
    raise NotFound("There is no such file in this mail.")


def kept_mail(actor: Actor, mail_id: str) -> KeptMail:
    place, _ = _open(actor, mail_id)
    return KeptMail(place.name, place)


def _require() -> None:
    if not settings.MAIL_IS_FOLDER:
        raise NotFound("Mails of this desk go out; there is no mailbox.")


def _open(actor: Actor, mail_id: str) -> tuple[Path, EmailMessage]:
    """Refuses: NotFound, also of a report that the actor may not see."""
    _require()
    place = folder.folder() / f"{mail_id}{folder.SUFFIX}"
    if not ID.fullmatch(mail_id) or not place.exists():
        raise NotFound("There is no such mail.")
    message = _parsed(place.read_bytes())
    reading.one(actor, str(message[REPORT_ID] or ""))
    return place, message


def _head(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(HEAD_BYTES)


def _parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def _summary(place: Path, message: EmailMessage) -> MailSummary:
    return MailSummary(
        id=place.stem,
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(message["Date"])).astimezone(UTC) if message["Date"] else datetime.fromtimestamp(0, UTC),
        report_id=str(message[REPORT_ID]),
    )


def _parts(message: EmailMessage) -> Iterator[tuple[int, EmailMessage]]:
    for number, part in enumerate(message.walk()):
        if part.get_content_disposition() in ("inline", "attachment"):
            yield number, part


def _part(number: int, part: EmailMessage) -> MailPart:
    is_inline = part.get_content_disposition() == "inline"
    return MailPart(number=number, name=_name(part, number), kind=part.get_content_type(), size=len(_content(part)), is_inline=is_inline)


def _name(part: EmailMessage, number: int) -> str:
    return part.get_filename() or f"part-{number}"


def _content(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _with_pictures(html: str, parts: list[EmailMessage]) -> str:
    for part in parts:
        if part["Content-ID"] and part.get_content_type() == "image/png":
            inside = base64.b64encode(_content(part)).decode()
            html = html.replace(f"cid:{str(part['Content-ID']).strip('<> ')}", f"data:image/png;base64,{inside}")
    return html
