"""Who is looking: every page outside PUBLIC has an actor, and no page of theirs is kept by a cache."""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from backoffice.access import note
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound, Refused, Unauthenticated
from backoffice.services import identity
from backoffice.tracing import trace_id_of
from portal import refusals

PUBLIC = ("/sign-in/", "/static/", "/csp-reports/", "/schema/", "/subscription/")
SIGN_IN = "sign_in"


class DeskRequest(HttpRequest):
    """A request of somebody who is signed in."""

    htmx: HtmxDetails
    actor: Actor


class SignedInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PUBLIC):
            return self.get_response(request)
        actor = actor_of(request)
        if actor is None:
            return ask_to_sign_in(request)
        cast(DeskRequest, request).actor = actor
        note(actor=f"{actor.kind}:{actor.id}", door=actor.door)
        if "\x00" in request.path:
            # No id of ours holds what the database cannot store.
            return refusals.answer(request, NotFound("There is nothing under this address."))
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        # Django asks every middleware, on API paths as well; those answer for themselves.
        if not isinstance(error, Refused) or request.path.startswith(settings.API_PATHS):
            return None
        return ask_to_sign_in(request) if isinstance(error, Unauthenticated) else refusals.answer(request, error)


def actor_of(request: HttpRequest) -> Actor | None:
    sign_in = request.session.get(SIGN_IN)
    return identity().actor_of_sign_in(sign_in, trace_id=trace_id_of(request)) if sign_in else None


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    wanted = (htmx.current_url_abs_path or "/") if htmx else request.get_full_path() if request.method == "GET" else "/"
    to = reverse("portal:sign-in") + ("" if wanted == "/" else "?" + urlencode({"next": wanted}))
    response = HttpResponseClientRedirect(to) if htmx else HttpResponseRedirect(to)
    response["Cache-Control"] = "no-store"
    return response


def safe_next(request: HttpRequest, wanted: str | None) -> str:
    """`wanted` when it is a page of this host, else the home page."""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else reverse("portal:home")
