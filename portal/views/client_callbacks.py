"""Where the callbacks of an API client may go, and the secret that signs them."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import CallbackSettings
from backoffice.contracts.errors import Invalid, Stale
from backoffice.services import back_api, desk
from portal import respond
from portal.forms.form import Field, Form
from portal.objects import Act, act
from portal.session import DeskRequest
from portal.views.grants import lost

HOSTS = Field(
    name="hosts",
    label="Hosts, one a line",
    kind="area",
    is_wide=True,
    hint="pay.example.com, pay.example.com:8443 for another port, or *.example.com for one level of names",
)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: DeskRequest, client_id: str) -> HttpResponse:
    found = back_api().callbacks.settings(request.actor, client_id)
    form = Form(fields=(HOSTS,), values={"hosts": "\n".join(found.value.allowed_hosts)}, version=found.version)
    if request.method != "POST":
        return _page(request, client_id, form)
    form = Form.of_post((HOSTS,), request.POST)
    hosts = [line.strip() for line in form.values["hosts"].replace(",", "\n").splitlines() if line.strip()]
    try:
        back_api().callbacks.allow_hosts(request.actor, client_id, hosts, version=form.version or 0)
    except Invalid as refusal:
        reasons = [f"{name}: {reason}" if name != "hosts" else reason for name, found in refusal.fields.items() for reason in found]
        return _page(request, client_id, form.refused(Invalid(refusal.detail, fields={"hosts": reasons})), status=400)
    except Stale as refusal:
        return _page(request, client_id, lost(form, refusal), status=412)
    return respond.redirect(request, request.path, toast="The hosts are saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def make_secret(request: DeskRequest, client_id: str) -> HttpResponse:
    settings = back_api().callbacks.settings(request.actor, client_id).value
    name = _name(request.actor, client_id)
    if request.method == "POST":
        made = back_api().callbacks.make_secret(request.actor, client_id)
        response = render(request, "portal/callbacks/secret.html", {"secret": made, "name": name, "crumbs": _crumbs(client_id, name, "Secret")})
        # The answer to the POST itself, kept by no cache: nobody can come back to it.
        response["Cache-Control"] = "no-store"
        return response
    detail = (
        "The new secret is shown once. The present one signs beside it for a while, so that the receiver can change over without losing a callback."
        if settings.has_secret
        else "It is shown once. From then on this client's transfers may ask for callbacks to its allowed hosts."
    )
    return _ask(
        request, client_id, name, "make a new callback secret?" if settings.has_secret else "make a callback secret?", detail, "Make a secret"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end_previous(request: DeskRequest, client_id: str) -> HttpResponse:
    name = _name(request.actor, client_id)
    if request.method == "POST":
        back_api().callbacks.end_previous_secret(request.actor, client_id)
        return respond.redirect(request, _href(client_id), toast="The previous secret signs nothing any more.")
    detail = "Receivers that still check with the previous secret will refuse callbacks from now on."
    return _ask(request, client_id, name, "end the previous secret now?", detail, "End it now", is_danger=True)


def _page(request: DeskRequest, client_id: str, form: Form, *, status: int = 200) -> HttpResponse:
    settings = back_api().callbacks.settings(request.actor, client_id).value
    name = _name(request.actor, client_id)
    context: dict[str, Any] = {
        "client_id": client_id,
        "name": name,
        "settings": settings,
        "form": replace(form, base={}),
        "acts": _acts(request.actor, settings),
        "callbacks": f"{reverse('portal:callbacks-list')}?client={client_id}",
        "timeline": desk().audit.timeline(request.actor, "callback_settings", client_id),
        "back": reverse("portal:api-clients-show", args=[client_id]),
        "crumbs": _crumbs(client_id, name, "Callbacks"),
    }
    return respond.page(request, "portal/callbacks/settings.html", "", context, status=status)


def _acts(actor: Actor, settings: CallbackSettings) -> list[Act]:
    secret, end = (reverse(f"portal:api-clients-{one}", args=[settings.client_id]) for one in ("callback-secret", "callback-secret-end"))
    acts = []
    if settings.previous_secret_until and settings.previous_secret_until > timezone.now():
        acts.append(act(actor, "callbacks.end_previous_secret", "End the previous secret", "ban", end, asks=True, is_danger=True))
    label = "New secret" if settings.has_secret else "Make a secret"
    return [*acts, act(actor, "callbacks.make_secret", label, "key-round", secret, asks=True, is_primary=not settings.has_secret)]


def _ask(request: DeskRequest, client_id: str, name: str, title: str, detail: str, button: str, *, is_danger: bool = False) -> HttpResponse:
    asked = {"title": f"{name}: {title}", "detail": detail, "button": button, "action": request.path, "back": _href(client_id)}
    context = {**asked, "is_danger": is_danger, "crumbs": _crumbs(client_id, name, button)}
    return respond.page(request, "components/confirm.html", "question", context)


def _name(actor: Actor, client_id: str) -> str:
    return desk().api_clients.get(actor, client_id).value.name


def _href(client_id: str) -> str:
    return reverse("portal:api-clients-callbacks", args=[client_id])


def _crumbs(client_id: str, name: str, last: str) -> list[tuple[str, str]]:
    return [("API clients", reverse("portal:api-clients-list")), (name, reverse("portal:api-clients-show", args=[client_id])), (last, "")]
