"""Addresses of the desk in mails: its pages, and the signed link that ends a subscription without signing in."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from backoffice.contracts.errors import NotFound
from backoffice.reports.models import Delivery, Report

SALT = "report-subscription"
LONGEST = 100


def report(of: Report) -> str:
    return settings.PUBLIC_URL + reverse("portal:reports-show", args=[of.pk])


def subscription(of: Delivery) -> str:
    return settings.PUBLIC_URL + reverse("portal:subscription", args=[token(of)])


def token(of: Delivery) -> str:
    """It holds for ever, as mails are kept for ever; of two keys of the desk the earlier one still opens it."""
    return Signer(salt=SALT).sign(str(of.pk)).replace(":", ".")


def delivery(token: str) -> Delivery:
    """Refuses: NotFound."""
    try:
        signed = Signer(salt=SALT).unsign(token[:LONGEST].replace(".", ":"))
    except BadSignature:
        raise NotFound("This link is not whole: open it from the mail again.") from None
    found = Delivery.objects.filter(pk=int(signed)).select_related("report", "report__template").first()
    if found is None:
        raise NotFound("The report of this link is gone.")
    return found


def message_id(of: Delivery) -> str:
    """One for all tries of a delivery: whoever gets it twice can tell."""
    return f"<report-{of.report_id}.{of.pk}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"
