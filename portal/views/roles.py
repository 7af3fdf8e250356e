"""Roles: named sets of operations that operators hold."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Role, RoleDraft
from backoffice.contracts.errors import InUse, Invalid, NotPermitted, Stale
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Versioned
from backoffice.guard import permitted
from backoffice.services import desk
from portal import respond
from portal.forms import limits
from portal.forms.form import Field, Form
from portal.forms.operations import ticks
from portal.listing import Action, Column, Empty, Listing, State, answer, page_of
from portal.objects import demand
from portal.session import DeskRequest
from portal.views import grants

CELLS = "portal/settings/cells.html"
NEW = Action(label="New role", icon="plus", url_name="portal:roles-create", operation="manage-roles", is_primary=True)
FIELDS = (
    Field(name="name", label="Name", is_required=True, hint="Up to 50 characters"),
    Field(name="operations", label="Operations", kind="choices"),
    *limits.FIELDS,
)


def _find(actor: Actor, state: State) -> Page[Role]:
    return page_of(
        desk().roles.find(actor),
        state,
        search=lambda role: (role.name, *role.operations),
        filters={},
        sorts={
            "name": lambda role: role.name.lower(),
            "operators": lambda role: role.operator_count,
            "operations": lambda role: len(role.operations),
        },
    )


ROLES = Listing[Role](
    section="roles",
    title="Roles",
    noun="role",
    nouns="roles",
    object_type="role",
    find=_find,
    key=lambda role: role.id,
    href=lambda role: reverse("portal:roles-show", args=[role.id]),
    search="Search roles and operations",
    default_sort="name",
    columns=(
        Column(key="name", label="Name", cell=f"{CELLS}#role", sort="name"),
        Column(key="operations", label="Operations", cell=f"{CELLS}#operations", sort="operations"),
        Column(key="limits", label="Limits", plain=lambda role: "; ".join(limits.words(role.scope)) or "none"),
        Column(key="operators", label="Operators", attribute="operator_count", sort="operators", is_numeric=True),
    ),
    empty=Empty(icon="shield", text="A role is a set of operations. Operators hold roles; what no role includes is forbidden.", action=NEW),
    actions=(NEW,),
)


@require_safe
def list_roles(request: DeskRequest) -> HttpResponse:
    return answer(request, ROLES)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "roles.create")
    if request.method != "POST":
        return _page(request, None, Form(fields=FIELDS))
    form = Form.of_post(FIELDS, request.POST)
    try:
        role = desk().roles.create(request.actor, form.read(RoleDraft, scope=limits.scope(form)))
    except (Invalid, NotPermitted) as refusal:
        return _page(request, None, grants.placed(form, refusal, "operations"), status=400)
    return respond.redirect(request, reverse("portal:roles-show", args=[role.id]), toast=f"The role {role.name} is created.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, role_id: str) -> HttpResponse:
    found = desk().roles.get(request.actor, role_id)
    if request.method != "POST":
        return _page(request, found, _form(found))
    form = Form.of_post(FIELDS, request.POST)
    demand(request.actor, "roles.update")
    try:
        desk().roles.update(request.actor, role_id, form.read(RoleDraft, scope=limits.scope(form)), version=form.version)
    except (Invalid, NotPermitted) as refusal:
        return _page(request, found, grants.placed(form, refusal, "operations"), status=400)
    except Stale as refusal:
        return _page(request, desk().roles.get(request.actor, role_id), grants.lost(form, refusal), status=412)
    return respond.redirect(request, request.path, toast="Saved. It holds from the next request of everybody with this role.")


@require_POST
def delete(request: DeskRequest, role_id: str) -> HttpResponse:
    found = desk().roles.get(request.actor, role_id)
    form = _form(found)
    posted = Form.of_post((), request.POST)
    try:
        desk().roles.delete(request.actor, role_id, version=posted.version)
    except InUse as refusal:
        return _page(request, found, replace(form, general=refusal.detail), status=400)
    except Stale as refusal:
        return _page(request, found, grants.lost(form, refusal), status=412)
    return respond.redirect(request, reverse("portal:roles-list"), toast=f"The role {found.value.name} is removed.")


def _form(found: Versioned[Role]) -> Form:
    form = Form.of_value(FIELDS, found.value, found.version)
    values = {**form.values, **limits.texts(found.value.scope)}
    return replace(form, values=values, base=values)


def _page(request: DeskRequest, found: Versioned[Role] | None, form: Form, *, status: int = 200) -> HttpResponse:
    role, actor = (found.value if found else None), request.actor
    on = [one for one in form.values.get("operations", "").split(",") if one]
    holders = [one for one in desk().operators.find(actor) if role.id in one.roles] if role and permitted(actor, "operators.find") else []
    context: dict[str, Any] = {
        "role": role,
        "form": form,
        "ticks": ticks(actor, on, role.operations if role else ()),
        "limits": limits.shown(actor, form),
        "is_fixed": not permitted(actor, "roles.update"),
        "holders": holders,
        "timeline": desk().audit.timeline(actor, "role", role.id) if role else [],
        "crumbs": [("Roles", reverse("portal:roles-list")), (role.name if role else "New", "")],
    }
    return respond.page(request, "portal/settings/role.html", "", context, status=status)
