"""One's own sign-ins and password."""

from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from backoffice.contracts.errors import Invalid
from backoffice.services import desk
from portal import respond
from portal.forms.form import Field, Form
from portal.session import SIGN_IN, DeskRequest

CRUMBS = [("My sessions", "")]
PASSWORDS = (
    Field(name="current", label="Current password", kind="password", is_required=True),
    Field(name="new", label="New password", kind="password", is_required=True, hint="At least 12 characters, not a common one"),
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


def _page(request: DeskRequest, form: Form, *, status: int = 200) -> HttpResponse:
    sign_ins = desk().own.sign_ins(request.actor, current=request.session[SIGN_IN])
    context = {"sign_ins": sign_ins, "roles": desk().own.roles(request.actor), "form": replace(form, values={}), "crumbs": CRUMBS}
    return respond.page(request, "portal/own/show.html", "", context, status=status)
