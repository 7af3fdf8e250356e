"""Reading a callback's URL: once, strictly, from the raw text; what is sent to later is written anew from the parts."""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

LONGEST = 2_048
OWN_PORT = {"https": 443, "http": 80}
# Of other services, which might take a request's text for commands of their own.
NOT_OUR_PORTS = frozenset({2049, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5984, 6000, 6379, 6443, 7001, 9042, 9092, 9200, 10250, 11211, 27017})
LOWEST_OTHER_PORT = 1_024
NOT_PUBLIC = ("local", "internal", "localhost", "arpa", "localdomain", "lan", "home", "corp", "onion")

WHOLE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?P<fragment>#.*)?", re.DOTALL)
PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
QUERY = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
PORT = re.compile(r"[1-9][0-9]{0,4}")


class BadUrl(Exception):
    """Where a callback may not go; the text says why, to whoever asked for it."""


class Target(NamedTuple):
    """`authority` is the host, with the port where it is not the scheme's own: the form of allow-lists. `resource` is what is asked for there."""

    url: str
    scheme: str
    host: str
    port: int
    authority: str
    resource: str


def parse(raw: str) -> Target:
    """Refuses: BadUrl."""
    own = {*settings.ALLOWED_HOSTS, *(urlsplit(origin).hostname or "" for origin in settings.CSRF_TRUSTED_ORIGINS)}
    return read(raw, own_names=own, plain_http=settings.PLAIN_HTTP_CALLBACKS)


def read(raw: str, *, own_names: Collection[str] = (), plain_http: bool = False) -> Target:
    """Refuses: BadUrl."""
    if not 1 <= len(raw) <= LONGEST:
        raise BadUrl(f"must be 1 to {LONGEST:,} characters")
    if "\\" in raw or any(not character.isprintable() or character.isspace() for character in raw):
        raise BadUrl("must not hold blanks, control characters or backslashes")
    parts = WHOLE.fullmatch(raw)
    if parts is None:
        raise BadUrl("must be an absolute URL such as https://pay.example.com/callbacks")
    scheme = parts["scheme"].lower()
    if scheme != "https" and not (plain_http and scheme == "http"):
        raise BadUrl("must begin with https://")
    if parts["fragment"] is not None:
        raise BadUrl("must not have a fragment (#)")
    path, query = parts["path"] or "/", parts["query"] or ""
    if not PATH.fullmatch(path) or not QUERY.fullmatch(query[1:]):
        raise BadUrl("the path and query must be written in ASCII, with everything else percent-encoded")
    host, port = _authority(parts["authority"], scheme)
    _refuse_own(host, own_names)
    authority = host if port == OWN_PORT[scheme] else f"{host}:{port}"
    return Target(f"{scheme}://{authority}{path}{query}", scheme, host, port, authority, path + query)


def is_allowed(authority: str, allowed_hosts: Collection[str]) -> bool:
    """Exactly, or by one level of wildcard. The functions that move money ask the same in SQL: keep the two equal."""
    return authority in allowed_hosts or f"*.{authority.partition('.')[2]}" in allowed_hosts


def allowed_entry(raw: str) -> str:
    """A line of an allow-list, in the form that `is_allowed` compares. Refuses: BadUrl."""
    text = raw.strip().lower()
    target = parse(f"https://{text.removeprefix('*.')}")
    if target.resource != "/" or text.endswith("/"):
        raise BadUrl("must be a host alone, without a path")
    return ("*." if text.startswith("*.") else "") + target.authority


def _authority(text: str, scheme: str) -> tuple[str, int]:
    if "@" in text:
        raise BadUrl("must not hold a user name or password")
    if "%" in text:
        raise BadUrl("the host must not be percent-encoded")
    if "[" in text or "]" in text:
        raise BadUrl("the host must be a name, not an address")
    name, colon, given = text.partition(":")
    return _host(name), _port(given, scheme) if colon else OWN_PORT[scheme]


def _port(text: str, scheme: str) -> int:
    if not PORT.fullmatch(text) or int(text) > 65_535:
        raise BadUrl("the port must be a number from 1 to 65535")
    port = int(text)
    if port != OWN_PORT[scheme] and (port < LOWEST_OTHER_PORT or port in NOT_OUR_PORTS):
        raise BadUrl(f"port {port} belongs to another service")
    return port


def _host(text: str) -> str:
    try:
        # What looks like a digit or a dot in any script becomes one here, so that the checks below see what a resolver would.
        host = text.encode("idna").decode().lower()
    except UnicodeError:
        raise BadUrl("the host is not a name") from None
    labels = host.split(".")
    if not host or len(host) > 253 or len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels):
        raise BadUrl("the host must be a full name of a domain, such as pay.example.com")
    if NUMBER.fullmatch(labels[-1]):
        raise BadUrl("the host must be a name, not an address")
    if labels[-1] in NOT_PUBLIC:
        raise BadUrl(f"names under .{labels[-1]} are not public")
    return host


def _refuse_own(host: str, own_names: Collection[str]) -> None:
    for name in own_names:
        own = name.lower().lstrip(".")
        if host == own or (name.startswith(".") and host.endswith("." + own)):
            raise BadUrl("this desk does not call itself")
