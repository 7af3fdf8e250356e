"""Coming and going: sign-in with its brakes, sign-out that leaves nothing behind."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.contracts.errors import TooMany, Unauthenticated
from backoffice.services import identity
from backoffice.tracing import network_of
from portal.session import SIGN_IN, actor_of, safe_next


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    to = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.method == "POST":
        return _try(request, to)
    return HttpResponseRedirect(to) if actor_of(request) else _form(request, to)


def _try(request: HttpRequest, to: str) -> HttpResponse:
    username = request.POST.get("username", "").strip()
    agent = request.headers.get("User-Agent", "")[:200]
    try:
        sign_in_id, seconds = identity().sign_in(username, request.POST.get("password", ""), network=network_of(request), agent=agent)
    except TooMany as refusal:
        response = _form(request, to, username=username, error=refusal.detail, wait=refusal.retry_after, status=429)
        response["Retry-After"] = str(refusal.retry_after)
        return response
    except Unauthenticated as refusal:
        return _form(request, to, username=username, error=refusal.detail, status=401)
    # Whatever session the browser brought is dropped: a key planted before the sign-in opens nothing.
    request.session.flush()
    request.session.cycle_key()
    request.session[SIGN_IN] = sign_in_id
    request.session.set_expiry(seconds)
    rotate_token(request)
    return HttpResponseRedirect(to)


def _form(request: HttpRequest, to: str, *, username: str = "", error: str = "", wait: int = 0, status: int = 200) -> HttpResponse:
    context = {"next": to, "username": username, "error": error, "wait": wait}
    return render(request, "portal/sign_in/form.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    identity().sign_out(request.session[SIGN_IN])
    request.session.flush()
    response = HttpResponseRedirect(reverse("portal:sign-in"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
