"""Handing a mail over, and what came of it: taken, to be tried again, or refused for good."""

import logging
import smtplib

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

log = logging.getLogger(__name__)
LONGEST = 300
TAKEN = frozenset({"sent", "queued"})
# Answers of a provider that are about the desk or the moment, not about the mail.
NOT_THE_MAIL = frozenset({401, 402, 403, 408, 425, 429})


class Refused(Exception):
    """Whoever takes mails will never take this one."""


class NotNow(Exception):
    """It was not taken, as far as anybody knows: trying again is right."""


def hand_over(message: EmailMessage) -> None:
    """Refuses: Refused, NotNow."""
    if not settings.EMAIL_BACKEND:
        raise Refused("This desk sends no mail: MAIL_URL is not set.")
    try:
        get_connection().send_messages([message])
        _require_taken(message)
    except AnymailRecipientsRefused as error:
        raise Refused(_told(error)) from error
    except AnymailAPIError as error:
        status = getattr(error, "status_code", None)
        is_about_the_mail = status is not None and 400 <= status < 500 and status not in NOT_THE_MAIL
        raise (Refused if is_about_the_mail else NotNow)(_told(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _of(code, said) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _of(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError, AnymailError) as error:
        # Also a wrong password or certificate: somebody mends that, and the mail goes out.
        raise NotNow(_told(error)) from error


def _require_taken(message: EmailMessage) -> None:
    """Some providers answer that all is well, and say of the recipient that it is not. Refuses: Refused."""
    told = getattr(message, "anymail_status", None)
    if told is not None and not TAKEN & set(told.status or ()):
        raise Refused(f"The mail provider did not take it: {', '.join(sorted(map(str, told.status or ['no word of it'])))}.")


def _of(code: int, said: bytes | str) -> Exception:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    told = _plain(f"The mail server said {code} {text}")
    return Refused(told) if 500 <= code < 600 else NotNow(told)


def _told(error: Exception) -> str:
    log.warning("a mail was not taken: %s", type(error).__name__)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server refused the desk's user or password."
    if isinstance(error, smtplib.SMTPResponseException):
        return _plain(f"The mail server said {error.smtp_code} {error.smtp_error!r}")
    status = getattr(error, "status_code", None)
    if isinstance(error, AnymailError):
        return f"The mail provider answered {status}." if status else "The mail provider refused it or did not answer."
    return f"The mail server did not answer as it should: {_plain(str(error)) or type(error).__name__}"


def _plain(text: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())[:LONGEST]
