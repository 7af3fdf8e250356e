"""API clients: programs with an id, a secret shown once, and operations of their own."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import ApiClient, ApiClientChange, ClientSecret, NewApiClient
from backoffice.contracts.errors import Invalid, NotPermitted, Stale
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Versioned
from backoffice.services import back_api, desk
from portal import respond
from portal.client_use import use_of
from portal.forms import limits
from portal.forms.form import Field, Form
from portal.forms.operations import ticks
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer, page_of
from portal.objects import Act, act, demand
from portal.session import DeskRequest
from portal.views import grants

OPERATION = "manage-api-clients"
CELLS = "portal/settings/cells.html"
NEW = Action(label="New API client", icon="plus", url_name="portal:api-clients-create", operation=OPERATION, is_primary=True)
OPERATIONS = Field(name="operations", label="Operations", kind="choices")
NEW_FIELDS = (Field(name="name", label="Name", is_required=True, hint="The program and who runs it, as: CRM production"), OPERATIONS, *limits.FIELDS)
FIELDS = (Field(name="isActive", label="May call the API", kind="flag"), OPERATIONS, *limits.FIELDS)
QUESTIONS = {
    "change-over": (
        "make a new secret?",
        "It is shown once. The present secret goes on for 24 hours beside it, so that the program can change over without missing a call.",
        "Make a new secret",
    ),
    "rotate": (
        "replace its secret?",
        "The present secret and every token issued so far end at once. The program cannot call the API until it has the new secret.",
        "Make a new secret",
    ),
    "end-previous": ("end the previous secret?", "Whoever still asks for tokens with it is refused from now on.", "End it"),
    "revoke": ("revoke its tokens?", "Every token issued so far ends at once. With its secret the program can ask for new ones.", "Revoke tokens"),
}


def _find(actor: Actor, state: State) -> Page[ApiClient]:
    return page_of(
        desk().api_clients.find(actor),
        state,
        search=lambda client: (client.name, client.id),
        filters={"active": lambda client: "yes" if client.is_active else "no"},
        sorts={"name": lambda client: client.name.lower(), "used": lambda client: client.last_used_at.timestamp() if client.last_used_at else 0},
    )


CLIENTS = Listing[ApiClient](
    section="api-clients",
    title="API clients",
    noun="API client",
    nouns="API clients",
    object_type="api_client",
    find=_find,
    key=lambda client: client.id,
    href=lambda client: reverse("portal:api-clients-show", args=[client.id]),
    search="Search API clients",
    default_sort="name",
    columns=(
        Column(key="name", label="Name", cell=f"{CELLS}#client", sort="name"),
        Column(key="id", label="Client id", cell=f"{CELLS}#id"),
        Column(key="operations", label="Operations", cell=f"{CELLS}#operations"),
        Column(key="active", attribute="is_active", label="State", cell=f"{CELLS}#active"),
        Column(key="used", attribute="last_used_at", label="Last used", cell=f"{CELLS}#used", sort="used"),
        Column(key="created", attribute="created_at", label="Since", cell=f"{CELLS}#created"),
    ),
    filters=(Filter(key="active", label="State", choices=(("yes", "Active"), ("no", "Ended")), is_single=True),),
    empty=Empty(
        icon="plug", text="A program that calls the API gets its own client: its own operations, its own name in the audit trail.", action=NEW
    ),
    actions=(NEW,),
)


@require_safe
def list_clients(request: DeskRequest) -> HttpResponse:
    return answer(request, CLIENTS)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "api_clients.create")
    if request.method != "POST":
        return _page(request, None, Form(fields=NEW_FIELDS))
    form = Form.of_post(NEW_FIELDS, request.POST)
    try:
        secret = desk().api_clients.create(request.actor, form.read(NewApiClient, scope=limits.scope(form)))
    except (Invalid, NotPermitted) as refusal:
        return _page(request, None, grants.placed(form, refusal, "operations"), status=400)
    return _secret(request, secret, form.values["name"])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, client_id: str) -> HttpResponse:
    found = desk().api_clients.get(request.actor, client_id)
    if request.method != "POST":
        form = Form.of_value(FIELDS, found.value, found.version)
        return _page(request, found, replace(form, values={**form.values, **limits.texts(found.value.scope)}))
    form = Form.of_post(FIELDS, request.POST)
    try:
        desk().api_clients.update(request.actor, client_id, form.read(ApiClientChange, scope=limits.scope(form)), version=form.version)
    except (Invalid, NotPermitted) as refusal:
        return _page(request, found, grants.placed(form, refusal, "operations"), status=400)
    except Stale as refusal:
        return _page(request, desk().api_clients.get(request.actor, client_id), grants.lost(form, refusal), status=412)
    return respond.redirect(request, request.path, toast="Saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: DeskRequest, client_id: str) -> HttpResponse:
    client = desk().api_clients.get(request.actor, client_id).value
    if request.method != "POST":
        return _ask(request, client, "rotate")
    return _secret(request, desk().api_clients.rotate(request.actor, client_id), client.name)


@require_http_methods(["GET", "HEAD", "POST"])
def change_over(request: DeskRequest, client_id: str) -> HttpResponse:
    client = desk().api_clients.get(request.actor, client_id).value
    if request.method != "POST":
        return _ask(request, client, "change-over")
    return _secret(request, desk().api_clients.change_over(request.actor, client_id), client.name)


@require_http_methods(["GET", "HEAD", "POST"])
def end_previous(request: DeskRequest, client_id: str) -> HttpResponse:
    client = desk().api_clients.get(request.actor, client_id).value
    if request.method != "POST":
        return _ask(request, client, "end-previous")
    desk().api_clients.end_previous_secret(request.actor, client_id)
    return respond.redirect(request, _href(client_id), toast=f"The previous secret of {client.name} has ended.")


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: DeskRequest, client_id: str) -> HttpResponse:
    client = desk().api_clients.get(request.actor, client_id).value
    if request.method != "POST":
        return _ask(request, client, "revoke")
    desk().api_clients.revoke_tokens(request.actor, client_id)
    return respond.redirect(request, _href(client_id), toast=f"Every token of {client.name} has ended.")


def _secret(request: DeskRequest, secret: ClientSecret, name: str) -> HttpResponse:
    """The answer to the POST itself, kept by no cache: a reload asks to post again, it never shows the secret a second time."""
    context = {
        "secret": secret,
        "name": name,
        "address": request.build_absolute_uri("/auth/token"),
        "crumbs": [*_crumbs(), (name, _href(secret.client_id)), ("Secret", "")],
    }
    response = render(request, "portal/settings/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _ask(request: DeskRequest, client: ApiClient, about: str) -> HttpResponse:
    title, detail, button = QUESTIONS[about]
    back = _href(client.id)
    asked = {"title": f"{client.name}: {title}", "detail": detail, "button": button, "action": request.path, "back": back, "is_danger": True}
    return respond.page(request, "components/confirm.html", "question", {**asked, "crumbs": [*_crumbs(), (client.name, back), (button, "")]})


def _page(request: DeskRequest, found: Versioned[ApiClient] | None, form: Form, *, status: int = 200) -> HttpResponse:
    client, actor = (found.value if found else None), request.actor
    on = [one for one in form.values.get("operations", "").split(",") if one]
    context: dict[str, Any] = {
        "client": client,
        "form": form,
        "ticks": ticks(actor, on, client.operations if client else ()),
        "limits": limits.shown(actor, form),
        "acts": _acts(actor, client) if client else [],
        "use": use_of(desk().api_clients.use(actor, client.id)) if client else None,
        "live_until": _live_until(client) if client else None,
        "callbacks": back_api().callbacks.settings(actor, client.id).value if client else None,
        "address": request.build_absolute_uri("/auth/token"),
        "timeline": desk().audit.timeline(actor, "api_client", client.id) if client else [],
        "crumbs": [*_crumbs(), (client.name if client else "New", "")],
    }
    return respond.page(request, "portal/settings/api_client.html", "", context, status=status)


def _acts(actor: Actor, client: ApiClient) -> list[Act]:
    at = {one: reverse(f"portal:api-clients-{one}", args=[client.id]) for one in ("rotate", "revoke", "change-over", "end-previous")}
    return [
        *(
            [act(actor, "api_clients.end_previous_secret", "End previous secret", "key-round", at["end-previous"], asks=True, is_danger=True)]
            if client.previous_secret_until
            else []
        ),
        act(actor, "api_clients.revoke_tokens", "Revoke tokens", "ban", at["revoke"], asks=True, is_danger=True),
        act(actor, "api_clients.rotate", "Replace secret", "rotate-ccw", at["rotate"], asks=True, is_danger=True),
        act(actor, "api_clients.change_over", "New secret", "key-round", at["change-over"], asks=True),
    ]


def _live_until(client: ApiClient) -> datetime | None:
    """The end of the tokens that it was given last, whoever else revoked them since."""
    end = client.last_token_at + timedelta(seconds=settings.JWT_LIFE_SECONDS) if client.last_token_at else None
    return end if end and end > timezone.now() else None


def _crumbs() -> list[tuple[str, str]]:
    return [("API clients", reverse("portal:api-clients-list"))]


def _href(client_id: str) -> str:
    return reverse("portal:api-clients-show", args=[client_id])
