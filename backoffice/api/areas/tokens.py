"""Access tokens for API clients, in the manner of OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

from typing import Literal

import msgspec
from django.http import HttpRequest

from backoffice.api import bodies
from backoffice.api.endpoint import Reader
from backoffice.api.versions import media_type
from backoffice.contracts.desk import TokenRequest
from backoffice.services import identity

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
# OAuth libraries send snake_case; the rest of this API speaks camelCase, and both are read here.
OAUTH_NAMES = {"client_id": "clientId", "client_secret": "clientSecret"}


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """Named as OAuth libraries expect it."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


def issue(body: TokenRequest, network: str) -> AccessToken:
    """A short-lived access token for an API client."""
    token = identity().issue_token(body, network=network)
    return AccessToken(access_token=token.access_token, token_type=token.token_type, expires_in=token.expires_in)


def _read(request: HttpRequest) -> TokenRequest:
    kind = media_type(request)
    if kind not in (JSON, FORM):
        raise bodies.refused("Content-Type", f"Expected {JSON} or {FORM}.")
    given = bodies.parse(request.body) if kind == JSON else _form(request)
    if not isinstance(given, dict):
        raise bodies.refused("body", "Expected an object.")
    for oauth, ours in OAUTH_NAMES.items():
        if oauth in given:
            if ours in given:
                raise bodies.refused(ours, "This field is given twice.")
            given[ours] = given.pop(oauth)
    if given.pop("grant_type", "client_credentials") != "client_credentials":
        raise bodies.refused("grant_type", "Expected client_credentials.")
    if "scope" in given and isinstance(scope := given.pop("scope"), str) and scope.strip():
        given.setdefault("operations", scope.split())
    return bodies.fit(given, TokenRequest)


def _form(request: HttpRequest) -> dict[str, object]:
    for name, values in request.POST.lists():
        if len(values) > 1:
            raise bodies.refused(name, "This field is given twice.")
        if not bodies.storable(name + values[0]):
            raise bodies.refused(name, "This text holds a character that cannot be stored.")
    return dict(request.POST.items())


_PROPERTIES = {
    "client_id": {"type": "string"},
    "client_secret": {"type": "string", "format": "password"},
    "grant_type": {"const": "client_credentials"},
    "scope": {"type": "string", "description": "Operations, separated by blanks; all of the client's when absent."},
}
CREDENTIALS = Reader(_read, (JSON, FORM), {"type": "object", "properties": _PROPERTIES, "required": ["client_id", "client_secret"]})
