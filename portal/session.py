"""Who is looking: every page outside PUBLIC has an actor, and no page of theirs is kept by a cache."""

import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from backoffice import reasons
from backoffice.access import note
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import ConfirmationNeeded, NotFound, Refused, Unauthenticated
from backoffice.services import identity
from backoffice.tracing import trace_id_of
from portal import proving, refusals, respond

PUBLIC = ("/sign-in/", "/static/", "/csp-reports/", "/events/", "/schema/", "/subscription/")
SIGN_IN = "sign_in"
# What pages ask by themselves keeps nobody signed in: idle is who clicks nothing.
BY_ITSELF = re.compile(r"/live/.*|.*/(live|unread|pulse|progress|steps)/")
# Where whoever owes a second factor may go.
OWING = ("/me/", "/sign-out/", "/preferences/")


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
        response = _sent_off(cast(DeskRequest, request)) or self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:  # noqa: ARG002  whichever page it is
        """Behind the look at the token, as the order of middlewares has it: an answer that another site sends is none, and is not asked again."""
        return _proved(cast(DeskRequest, request)) if hasattr(request, "actor") else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        # Django asks every middleware, on API paths as well; those answer for themselves.
        if not isinstance(error, Refused) or request.path.startswith(settings.API_PATHS):
            return None
        if isinstance(error, ConfirmationNeeded):
            return proving.ask(request, request.session[SIGN_IN], error)
        return ask_to_sign_in(request) if isinstance(error, Unauthenticated) else refusals.answer(request, error)


def _sent_off(request: DeskRequest) -> HttpResponse | None:
    """Before any page: whoever owes a second factor sets one up first."""
    if not request.actor.owes_factor or request.path.startswith(OWING):
        return None
    if respond.wants_fragment(request) or BY_ITSELF.fullmatch(request.path):
        return respond.nothing()
    return respond.redirect(request, reverse("portal:own-show"))


def _proved(request: DeskRequest) -> HttpResponse | None:
    """Who was asked to prove to be there does so before the page."""
    if not proving.is_answer(request):
        return None
    sign_in = request.session[SIGN_IN]
    if again := proving.refused(request, sign_in):
        return again
    actor = actor_of(request)
    if actor is None:
        return ask_to_sign_in(request)
    request.actor = actor
    return None


def actor_of(request: HttpRequest) -> Actor | None:
    sign_in = request.session.get(SIGN_IN)
    is_seen = not BY_ITSELF.fullmatch(request.path)
    actor = identity().actor_of_sign_in(sign_in, trace_id=trace_id_of(request), is_seen=is_seen) if sign_in else None
    if actor is not None and (reason := reasons.of_form(request)):
        return msgspec.structs.replace(actor, reason=reason)
    return actor


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
