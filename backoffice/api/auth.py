"""Who calls: the Bearer token of the Authorization header and nothing else, never a cookie."""

from typing import NoReturn, cast

import msgspec
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from backoffice import reasons
from backoffice.access import note
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Unauthenticated
from backoffice.services import identity
from backoffice.tracing import trace_id_of

LONGEST_TOKEN = 8_192


class BearerToken(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Actor, None]:
        return actor_of(request._request), None


def caller(request: Request) -> Actor | None:
    """None on routes that ask for no token."""
    return cast(Actor | None, request.user)


def actor_of(request: HttpRequest) -> Actor:
    """Refuses: Unauthenticated, with the same words whatever is wrong."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN or not token.isascii():
        _refuse()
    try:
        actor = identity().actor_of_token(token, trace_id=trace_id_of(request))
    except Unauthenticated:
        _refuse()
    if reason := reasons.of_header(request):
        actor = msgspec.structs.replace(actor, reason=reason)
    note(actor=f"{actor.kind}:{actor.id}", door=actor.door)
    return actor


def _refuse() -> NoReturn:
    raise Unauthenticated("A valid Bearer token is needed.")
