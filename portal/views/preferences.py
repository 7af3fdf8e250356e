"""How somebody likes the portal: theme, density and clock, kept by their browser."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from portal import respond
from portal.context import CHOICES
from portal.session import DeskRequest, safe_next

YEAR = 365 * 24 * 3600


@require_POST
def save(request: DeskRequest) -> HttpResponse:
    response = respond.redirect(request, safe_next(request, request.POST.get("next")))
    for name, choices in CHOICES.items():
        if request.POST.get(name) in choices:
            response.set_cookie(f"desk_{name}", request.POST[name], max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    return response
