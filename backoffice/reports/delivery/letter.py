"""The mail of one report to one recipient: what it came to, its receipt, a picture of its days, and the file where it may be attached."""

from datetime import date
from email import encoders
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from backoffice.reports import downloads, storage, words
from backoffice.reports.delivery import chart, links
from backoffice.reports.models import Delivery, Report
from backoffice.reports.views import as_receipt

CHART = "chart"
REPORT_ID = "X-Report-Id"
KINDS = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TOTALS_SHOWN = 12
LONGEST_SUBJECT = 200


class Letter(EmailMultiAlternatives):
    """Its only attachment, unless a file comes with it, is the picture that its text shows."""

    mixed_subtype = "related"


def write(delivery: Delivery) -> EmailMultiAlternatives:
    """Refuses: OSError (the file is gone or cannot be read)."""
    report = delivery.report
    picture = chart.picture([(date.fromisoformat(day), int(count)) for day, count in report.days or []])
    is_attached = report.size is not None and 0 < report.size <= settings.REPORT_ATTACH_MAX_BYTES
    about = _context(delivery, is_attached=is_attached, has_chart=picture is not None)
    kind: type[EmailMultiAlternatives] = EmailMultiAlternatives if is_attached else Letter
    letter = kind(
        subject=_plain(f"{report.name}: {report.rows:,} rows")[:LONGEST_SUBJECT],
        body=render_to_string("mail/report.txt", about),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.recipient],
        headers=_headers(delivery),
    )
    letter.attach_alternative(render_to_string("mail/report.html", about), "text/html")
    if picture is not None:
        letter.attach(_inline(picture))
    if is_attached:
        letter.attach(_file(report))
    return letter


def _headers(delivery: Delivery) -> dict[str, str]:
    return {
        "Message-ID": links.message_id(delivery),
        REPORT_ID: str(delivery.report_id),
        "List-Unsubscribe": f"<{links.subscription(delivery)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        # Nobody is away from a desk: answers of machines would go round.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _context(delivery: Delivery, *, is_attached: bool, has_chart: bool) -> dict[str, Any]:
    report = delivery.report
    receipt = as_receipt(report)
    totals = [] if receipt is None else [(words.total_name(total), words.total(total)) for total in receipt.totals]
    return {
        "report": report,
        "lines": report.words or [],
        "totals": totals[:TOTALS_SHOWN],
        "totals_left": max(0, len(totals) - TOTALS_SHOWN),
        "as_of": report.as_of and words.instant(report.as_of, report.time_zone),
        "window": _window(report),
        "expires": words.instant(report.expires_at.replace(microsecond=0), report.time_zone),
        "link": links.report(report),
        "unsubscribe": links.subscription(delivery),
        "recipient": delivery.recipient,
        "is_attached": is_attached,
        "chart": f"cid:{CHART}" if has_chart else "",
    }


def _window(report: Report) -> str:
    if report.window_from is None or report.window_to is None:
        return ""
    return f"from {words.instant(report.window_from, report.time_zone)} before {words.instant(report.window_to, report.time_zone)}"


def _inline(picture: bytes) -> MIMEImage:
    part = MIMEImage(picture, "png")
    part.add_header("Content-ID", f"<{CHART}>")
    part.add_header("Content-Disposition", "inline", filename="chart.png")
    return part


def _file(report: Report) -> MIMEBase:
    """Its very bytes, whatever kind of text they are: the checksum is of them."""
    place = storage.found(report.stored_as)
    part = MIMEBase(*KINDS[place.suffix].split("/"))
    part.set_payload(place.read_bytes())
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=downloads.file_name(report, place.suffix))
    return part


def _plain(text: str) -> str:
    """On one line, whatever a name holds."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
