"""Setting up and removing one's own second factors."""

from collections.abc import Sequence

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.contracts.errors import Invalid
from backoffice.contracts.factors import NewAuthenticator
from backoffice.services import desk
from portal import respond
from portal.forms.form import Field, Form
from portal.session import SIGN_IN, DeskRequest

HOME = "portal:own-show"
CODE = (Field(name="code", label="Code that the app shows", is_required=True, hint="Six digits, new every half minute"),)


@require_http_methods(["GET", "HEAD", "POST"])
def begin_authenticator(request: DeskRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(reverse(HOME))
    return _authenticator_page(request, desk().factors.begin_authenticator(request.actor), Form(fields=CODE))


@require_POST
def add_authenticator(request: DeskRequest) -> HttpResponse:
    challenge = request.POST.get("challenge", "")
    try:
        codes = desk().factors.add_authenticator(request.actor, challenge, request.POST.get("code", ""), keep=request.session[SIGN_IN])
    except Invalid as refusal:
        if refusal.code == "too_late":
            raise
        begun = desk().factors.begun_authenticator(request.actor, challenge)
        return _authenticator_page(request, begun, Form(fields=CODE).refused(refusal), status=400)
    return _added(request, codes, "Your authenticator is set up; your other sessions have ended.")


@require_POST
def remove_authenticator(request: DeskRequest) -> HttpResponse:
    desk().factors.remove_authenticator(request.actor, keep=request.session[SIGN_IN])
    return respond.redirect(request, reverse(HOME), toast="Your authenticator is removed; your other sessions have ended.")


@require_http_methods(["GET", "HEAD", "POST"])
def begin_passkey(request: DeskRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(reverse(HOME))
    asked = desk().factors.begin_passkey(request.actor)
    return respond.page(request, "portal/own/passkey.html", "", {"asked": asked, "crumbs": _crumbs("Passkey")})


@require_POST
def add_passkey(request: DeskRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("challenge", "answer", "name")}
    codes = desk().factors.add_passkey(request.actor, **given, keep=request.session[SIGN_IN])
    return _added(request, codes, "Your passkey is set up; your other sessions have ended.")


@require_POST
def rename_passkey(request: DeskRequest, passkey_id: str) -> HttpResponse:
    desk().factors.rename_passkey(request.actor, passkey_id, request.POST.get("name", "").strip())
    return respond.redirect(request, reverse(HOME), toast="Renamed.")


@require_POST
def remove_passkey(request: DeskRequest, passkey_id: str) -> HttpResponse:
    desk().factors.remove_passkey(request.actor, passkey_id, keep=request.session[SIGN_IN])
    return respond.redirect(request, reverse(HOME), toast="That passkey is removed here; remove it from your device as well.")


@require_POST
def make_recovery_codes(request: DeskRequest) -> HttpResponse:
    return _codes_page(request, desk().factors.make_recovery_codes(request.actor))


def _added(request: DeskRequest, codes: Sequence[str], toast: str) -> HttpResponse:
    return _codes_page(request, codes) if codes else respond.redirect(request, reverse(HOME), toast=toast)


def _codes_page(request: DeskRequest, codes: Sequence[str]) -> HttpResponse:
    return respond.page(request, "portal/own/codes.html", "", {"codes": codes, "crumbs": _crumbs("Recovery codes")})


def _authenticator_page(request: DeskRequest, begun: NewAuthenticator, form: Form, *, status: int = 200) -> HttpResponse:
    context = {"begun": begun, "picture": _picture(begun.address), "form": form, "crumbs": _crumbs("Authenticator")}
    return respond.page(request, "portal/own/authenticator.html", "", context, status=status)


def _picture(text: str) -> SafeString:
    """A QR code as inline SVG, dark on white in either theme, for cameras want it so."""
    drawn = segno.make(text, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(drawn)  # noqa: S308  made here out of modules that are dark or not; no text of anybody's is in it


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [("My sessions and security", reverse(HOME)), (here, "")]
