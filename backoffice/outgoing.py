"""How mail leaves the desk, read from MAIL_URL: into a folder, by SMTP, by a provider, or not at all."""

from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from backoffice import env

FOLDER = "backoffice.reports.delivery.folder.FolderBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
PORTS = {"smtp": 587, "smtps": 465}
# What anymail calls the parts of `provider://key:secret@domain`.
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "brevo": ("BREVO_API_KEY",),
    "mailersend": ("MAILERSEND_API_TOKEN",),
    "mailgun": ("MAILGUN_API_KEY", "MAILGUN_SENDER_DOMAIN"),
    "mailjet": ("MAILJET_API_KEY", "MAILJET_SECRET_KEY"),
    "mandrill": ("MANDRILL_API_KEY",),
    "postmark": ("POSTMARK_SERVER_TOKEN",),
    "resend": ("RESEND_API_KEY",),
    "sendgrid": ("SENDGRID_API_KEY",),
    "sparkpost": ("SPARKPOST_API_KEY",),
}
# Of an answer that a provider owes: shorter than the claim of a mail.
PATIENCE = (10, 30)


class Outgoing(NamedTuple):
    """`backend` is Django's name of it, empty when there is no mail; `anymail` are the settings of that package."""

    backend: str
    is_folder: bool = False
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: bool = False
    anymail: Mapping[str, Any] = {}


def read(*, is_production: bool) -> Outgoing:
    """Its value holds a secret and is never told."""
    raw = env.text("MAIL_URL", "none" if is_production else "folder")
    if raw == "none":
        return Outgoing("")
    if raw == "folder":
        if is_production:
            env.refuse("MAIL_URL=folder is not for production: nobody would get a mail")
        return Outgoing(FOLDER, is_folder=True)
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        env.refuse("MAIL_URL: its host or port cannot be read")
    if parts.scheme in PORTS:
        return _smtp(parts, port, is_production=is_production)
    if parts.scheme in PROVIDERS:
        return _provider(parts)
    return env.refuse(f"MAIL_URL must be none, folder, smtp://..., smtps://..., or of {', '.join(PROVIDERS)}")


def sender(outgoing: Outgoing) -> str:
    """MAIL_FROM: an address, or `Name <address>`."""
    is_needed = outgoing.backend != "" and not outgoing.is_folder
    raw = env.text("MAIL_FROM", "") or ("" if is_needed else "Meridian <desk@localhost>")
    name, address = parseaddr(raw)
    try:
        Address(name, addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        address = ""
    if "@" not in address or not raw.isprintable():
        env.refuse(f"MAIL_FROM={raw!r} must look like reports@example.com, or Name <reports@example.com>")
    return raw


def public_url(outgoing: Outgoing, *, is_production: bool) -> str:
    """PUBLIC_URL: where people open the desk; mails link there."""
    is_needed = is_production and outgoing.backend != ""
    raw = (env.text("PUBLIC_URL", "") or ("" if is_needed else "http://localhost:8000")).rstrip("/")
    parts = urlsplit(raw)
    if (
        parts.scheme not in (("https",) if is_needed else ("http", "https"))
        or not parts.hostname
        or parts.query
        or parts.fragment
        or not raw.isprintable()
    ):
        env.refuse(f"PUBLIC_URL={raw!r} must look like https://desk.example.com")
    return raw


def _smtp(parts: SplitResult, port: int | None, *, is_production: bool) -> Outgoing:
    tls = parse_qs(parts.query).get("tls", ["on"])[0]
    if not parts.hostname or tls not in ("on", "off"):
        env.refuse("MAIL_URL must look like smtp://user:password@host:587 (STARTTLS), or smtps://user:password@host:465")
    if tls == "off" and (parts.scheme == "smtps" or (parts.password and is_production)):
        env.refuse("MAIL_URL: ?tls=off is for smtp:// only, and in production for one without a password")
    return Outgoing(
        SMTP,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp" and tls == "on",
    )


def _provider(parts: SplitResult) -> Outgoing:
    names = PROVIDERS[parts.scheme]
    given = [unquote(part) for part in (parts.username, parts.password or parts.hostname) if part]
    if len(given) != len(names):
        looks = "KEY@" if len(names) == 1 else "KEY@sender.example.com" if names[1].endswith("DOMAIN") else "KEY:SECRET@"
        env.refuse(f"MAIL_URL must look like {parts.scheme}://{looks}")
    return Outgoing(f"anymail.backends.{parts.scheme}.EmailBackend", anymail={**dict(zip(names, given, strict=True)), "REQUESTS_TIMEOUT": PATIENCE})
