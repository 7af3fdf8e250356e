"""One's own sign-ins, password and second factors."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.errors import Invalid
from backoffice.services import desk, identity
from portal import proving, respond
from portal.forms.form import Field, Form
from portal.session import SIGN_IN, DeskRequest, safe_next

CRUMBS = [("My sessions and security", "")]
PASSWORDS = (
    Field(name="current", label="Current password", kind="password", is_required=True),
    Field(
        name="new",
        label="New password",
        kind="password",
        is_required=True,
        hint="At least 12 characters, 15 for who may change rights; not a common one",
    ),
)


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    return _page(request, Form(fields=PASSWORDS))


@require_POST
def change_password(request: DeskRequest) -> HttpResponse:
    try:
        # Passwords keep their blanks, so they are read as they were typed.
        desk().own.change_password(request.actor, request.POST.get("current", ""), request.POST.get("new", ""), keep=request.session[SIGN_IN])
    except Invalid as refusal:
        return _page(request, Form(fields=PASSWORDS).refused(refusal), status=400)
    return respond.redirect(request, reverse("portal:own-show"), toast="Your password is changed; your other sessions have ended.")


@require_POST
def end_sign_in(request: DeskRequest, sign_in_id: str) -> HttpResponse:
    desk().own.end_sign_in(request.actor, sign_in_id)
    return respond.redirect(request, reverse("portal:own-show"), toast="That session has ended.")


@require_POST
def end_other_sign_ins(request: DeskRequest) -> HttpResponse:
    ended = desk().own.end_other_sign_ins(request.actor, keep=request.session[SIGN_IN])
    return respond.redirect(request, reverse("portal:own-show"), toast=f"{ended} other {'session has' if ended == 1 else 'sessions have'} ended.")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: DeskRequest) -> HttpResponse:
    """Proving to be there without anything to repeat; an answer that gets here was good."""
    if proving.is_answer(request):
        return HttpResponseRedirect(safe_next(request, request.POST.get("next")))
    return proving.ask(request, request.session[SIGN_IN])


def _page(request: DeskRequest, form: Form, *, status: int = 200) -> HttpResponse:
    context = {
        "sign_ins": desk().own.sign_ins(request.actor, current=request.session[SIGN_IN]),
        "roles": desk().own.roles(request.actor),
        "factors": desk().factors.get(request.actor),
        "owes": request.actor.owes_factor,
        "idle_minutes": settings.SESSION_IDLE_SECONDS // 60,
        "life_hours": settings.SESSION_LIFE_SECONDS // 3600,
        "takes_passwords": identity().takes_passwords(),
        "form": replace(form, values={}),
        "crumbs": CRUMBS,
    }
    return respond.page(request, "portal/own/show.html", "", context, status=status)
