"""Proving anew to be there: the question before what is dangerous, and its answer, which comes with the request repeated.

The page repeats the request itself: what was sent stands hidden in the question's form, which goes where the request went. Nothing of it is
kept here, and it works without scripts. Files cannot be repeated so, and nothing dangerous takes any.
"""

from collections.abc import Iterator, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backoffice.contracts.errors import Refused, TooMany, Unauthenticated
from backoffice.contracts.factors import Proof, Way
from backoffice.services import identity
from portal import respond

WAY, VALUE, CHALLENGE = "prove-way", "prove-value", "prove-challenge"
OWN_FIELDS = frozenset({WAY, VALUE, CHALLENGE, "csrfmiddlewaretoken"})
WAYS: Mapping[str, Way] = {"password": "password", "code": "code", "passkey": "passkey"}
PAGE, PART = "portal/own/prove.html", "question"


def is_answer(request: HttpRequest) -> bool:
    return request.method == "POST" and WAY in request.POST


def proof_of(request: HttpRequest) -> Proof | None:
    way = WAYS.get(request.POST.get(WAY, ""))
    return Proof(way=way, value=request.POST.get(VALUE, ""), challenge=request.POST.get(CHALLENGE, "")) if way else None


def refused(request: HttpRequest, sign_in_id: str) -> HttpResponse | None:
    """The question once more; None when the answer was good."""
    proof = proof_of(request)
    try:
        if proof is None:
            raise Unauthenticated("Show one of these.")
        identity().confirm(sign_in_id, proof)
    except (Unauthenticated, TooMany) as refusal:
        return ask(request, sign_in_id, refusal)
    # Whoever held the old key does not come along to what the person is now trusted with.
    request.session.cycle_key()
    return None


def ask(request: HttpRequest, sign_in_id: str, refusal: Refused | None = None) -> HttpResponse:
    """Into the dialog when a part of a page asked, else as a page."""
    is_fragment = respond.wants_fragment(request)
    is_error = isinstance(refusal, Unauthenticated | TooMany)
    status = 429 if isinstance(refusal, TooMany) else 403
    context = {
        "ways": identity().ways_to_confirm(sign_in_id),
        "error": refusal.detail if refusal and is_error else "",
        "action": request.get_full_path() if request.method == "POST" else reverse("portal:own-confirm"),
        "hidden": list(_repeated(request)),
        "back": _back(request),
        "issuer": identity().issuer_name(),
        "crumbs": [("Please confirm", "")],
    }
    # htmx swaps no other refusal in.
    response = render(request, f"{PAGE}#{PART}" if is_fragment else PAGE, context, status=412 if is_fragment else status)
    if is_fragment:
        response["HX-Retarget"], response["HX-Reswap"], response["HX-Push-Url"] = "#ask", "innerHTML", "false"
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    response["Cache-Control"] = "no-store"
    return response


def _repeated(request: HttpRequest) -> Iterator[tuple[str, str]]:
    if request.method != "POST":
        yield "next", request.get_full_path()
        return
    for name, values in request.POST.lists():
        if name not in OWN_FIELDS:
            yield from ((name, str(value)) for value in values)


def _back(request: HttpRequest) -> str:
    """Where one was: the page that asked, when it is ours."""
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.current_url_abs_path:
        return str(htmx.current_url_abs_path)
    here = f"{request.scheme}://{request.get_host()}"
    came_from = request.headers.get("Referer", "")
    return came_from.removeprefix(here) if came_from.startswith(here + "/") else reverse("portal:home")
