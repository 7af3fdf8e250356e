"""The version of the contract a request speaks: a parameter `x-api-version` of its media type; absent means the route's own."""

import re

from django.http import HttpRequest

from backoffice.api import bodies

PARAMETER = re.compile(r""";\s*x-api-version\s*=\s*(?:"([^"]*)"|([^;,\s]*))""", re.IGNORECASE)
CHARSET = re.compile(r"charset\s*=\s*\"?([^\";,\s]*)")


def check(request: HttpRequest, expected: str) -> None:
    """Refuses: Invalid."""
    if (plain := request.META.get("HTTP_X_API_VERSION")) is not None and plain.strip() != expected:
        raise _unknown(plain, expected)
    for header in (request.META.get("CONTENT_TYPE"), request.META.get("HTTP_ACCEPT")):
        if header and "x-api-version" in header.lower():
            for quoted, bare in PARAMETER.findall(header):
                if (given := quoted or bare) != expected:
                    raise _unknown(given, expected)


def _unknown(given: str, expected: str) -> Exception:
    return bodies.refused("x-api-version", f"There is no version {given[:20]!r} of this; it speaks {expected}.")


def media_type(request: HttpRequest) -> str:
    """The bare media type of the body. Refuses: Invalid for text that is not UTF-8."""
    kind, _, parameters = request.META.get("CONTENT_TYPE", "").lower().partition(";")
    charset = CHARSET.search(parameters)
    if charset and charset.group(1) not in ("utf-8", "utf8"):
        raise bodies.refused("Content-Type", "Expected the charset utf-8.")
    return str(kind.strip())
