"""Coming and going: sign-in with its brakes and its second factor, sign-out that leaves nothing behind."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.errors import FactorNeeded, Refused, TooMany, Unauthenticated
from backoffice.contracts.factors import Proof
from backoffice.services import identity
from backoffice.tracing import network_of
from portal import proving, refusals
from portal.session import SIGN_IN, actor_of, safe_next

PENDING, ASKED, NEXT = "pending", "asked", "next"
SignedIn = Callable[[], tuple[str, int]]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    to = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        return HttpResponseRedirect(to) if actor_of(request) else _form(request, to)
    username = request.POST.get("username", "").strip()
    password = request.POST.get("password", "")
    place = {"network": network_of(request), "agent": _agent(request)}
    try:
        return _opened(request, to, lambda: identity().sign_in(username, password, **place))
    except (TooMany, Unauthenticated) as refusal:
        return _form(request, to, username=username, refusal=refusal)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """The second step, for whoever has a second factor."""
    to = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    pending = request.session.get(PENDING)
    if pending is None:
        return HttpResponseRedirect(_begin(to))
    proof = proving.proof_of(request) if request.method == "POST" else None
    if proof is None:
        return _factor_form(request, to)
    place = {"network": network_of(request), "agent": _agent(request)}
    try:
        return _opened(request, to, lambda: identity().finish_sign_in(pending, proof, **place))
    except Unauthenticated as refusal:
        if refusal.code == "too_late":
            request.session.flush()
            return _form(request, to, refusal=refusal)
        return _factor_form(request, to, refusal=refusal)
    except TooMany as refusal:
        return _factor_form(request, to, refusal=refusal)


@never_cache
@require_POST
def passkey_challenge(request: HttpRequest) -> HttpResponse:
    """What a script asks for before it asks the browser's passkeys."""
    try:
        asked = identity().ask_passkey(network=network_of(request))
    except TooMany as refusal:
        return _braked(JsonResponse({"detail": refusal.detail}, status=429), refusal)
    return JsonResponse({"challenge": asked.challenge, "options": asked.options})


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    to = safe_next(request, request.POST.get("next"))
    proof = proving.proof_of(request) or Proof(way="passkey", value="")
    place = {"network": network_of(request), "agent": _agent(request)}
    try:
        return _opened(request, to, lambda: identity().sign_in_by_passkey(proof, **place))
    except (TooMany, Unauthenticated) as refusal:
        return _form(request, to, refusal=refusal)


@never_cache
@require_safe
def issuer(request: HttpRequest) -> HttpResponse:
    """Off to whoever else vouches for people. What is asked stays in this browser's session, so that no other browser's answer counts."""
    to = safe_next(request, request.GET.get("next"))
    try:
        address, asked = identity().ask_issuer(answer_at=_answer_at(), is_anew="anew" in request.GET)
    except Refused as refusal:
        return _form(request, to, refusal=refusal, status=refusals.status_of(refusal))
    request.session[ASKED], request.session[NEXT] = asked, to
    return HttpResponseRedirect(address)


@never_cache
@require_safe
def issuer_answer(request: HttpRequest) -> HttpResponse:
    asked, to = request.session.pop(ASKED, ""), safe_next(request, request.session.pop(NEXT, None))
    place = {"network": network_of(request), "agent": _agent(request)}
    answer = {name: request.GET[name] for name in request.GET}
    try:
        return _opened(request, to, lambda: identity().sign_in_by_issuer(asked, answer, **place))
    except Refused as refusal:
        return _form(request, to, refusal=refusal, status=401 if isinstance(refusal, Unauthenticated) else 503)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    identity().sign_out(request.session[SIGN_IN])
    request.session.flush()
    response = HttpResponseRedirect(reverse("portal:sign-in"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _opened(request: HttpRequest, to: str, signed_in: SignedIn) -> HttpResponse:
    """Whatever session the browser brought is dropped: a key planted before the sign-in opens nothing. Refuses: as `signed_in` does."""
    try:
        sign_in_id, seconds = signed_in()
    except FactorNeeded as needed:
        request.session.flush()
        request.session[PENDING] = needed.pending
        return HttpResponseRedirect(reverse("portal:sign-in-factor") + "?" + urlencode({"next": to}))
    request.session.flush()
    request.session.cycle_key()
    request.session[SIGN_IN] = sign_in_id
    request.session.set_expiry(seconds)
    rotate_token(request)
    return HttpResponseRedirect(to)


def _form(request: HttpRequest, to: str, *, username: str = "", refusal: Refused | None = None, status: int = 401) -> HttpResponse:
    context = {
        "username": username,
        "issuer": identity().issuer_name(),
        "takes_passwords": identity().takes_passwords(),
    }
    return _answer(request, "portal/sign_in/form.html", to, context, refusal, status)


def _factor_form(request: HttpRequest, to: str, *, refusal: Refused | None = None) -> HttpResponse:
    return _answer(request, "portal/sign_in/factor.html", to, {}, refusal, 401)


def _answer(request: HttpRequest, template: str, to: str, context: dict[str, object], refusal: Refused | None, status: int) -> HttpResponse:
    wait = refusal.retry_after if isinstance(refusal, TooMany) else 0
    shown = {"next": to, "error": refusal.detail if refusal else "", "wait": wait, **context}
    response = render(request, template, shown, status=429 if wait else status if refusal else 200)
    return _braked(response, refusal)


def _braked(response: HttpResponse, refusal: Refused | None) -> HttpResponse:
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _begin(to: str) -> str:
    return reverse("portal:sign-in") + "?" + urlencode({"next": to})


def _answer_at() -> str:
    """The address that the issuer knows; a Host header would be the client's word."""
    return settings.PUBLIC_URL + reverse("portal:sign-in-issuer-answer")


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:200]
