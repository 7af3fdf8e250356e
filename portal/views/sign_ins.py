"""Everybody's live sign-ins, for whoever manages operators."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from backoffice.services import desk
from portal import respond
from portal.session import SIGN_IN, DeskRequest, safe_next


@require_safe
def list_sign_ins(request: DeskRequest) -> HttpResponse:
    context = {
        "sign_ins": desk().operators.sign_ins(request.actor),
        "current": request.session[SIGN_IN],
        "crumbs": [("Operators", reverse("portal:operators-list")), ("Sign-ins", "")],
    }
    return respond.page(request, "portal/settings/sign_ins.html", "", context)


@require_POST
def end(request: DeskRequest, sign_in_id: str) -> HttpResponse:
    desk().operators.end_sign_in(request.actor, sign_in_id)
    return respond.redirect(request, safe_next(request, request.POST.get("next")), toast="That sign-in has ended.")
