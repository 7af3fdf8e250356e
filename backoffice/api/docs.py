"""The OpenAPI document, and the page to try it out on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backoffice.api import auth
from backoffice.api.problems import answer
from backoffice.api.schema import document
from backoffice.contracts.errors import Refused, Unauthenticated
from backoffice.services import identity
from backoffice.tracing import trace_id_of


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """For a Bearer token or a signed-in browser."""
    try:
        _demand_anybody(request)
    except Refused as refusal:
        return answer(request, refusal)
    return HttpResponse(document(), content_type="application/json", headers={"Cache-Control": "no-store"})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Behind sign-in, like every page that the portal's middleware does not know as public."""
    return render(request, "api/docs.html")


def _demand_anybody(request: HttpRequest) -> None:
    if "Authorization" in request.headers:
        auth.actor_of(request)
        return
    sign_in = request.session.get("sign_in")
    if not sign_in or identity().actor_of_sign_in(sign_in, trace_id=trace_id_of(request)) is None:
        raise Unauthenticated("A valid Bearer token is needed, or a signed-in browser.")
