"""Operators: who may sign in, with which roles, and where they are signed in now."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewOperator, Operator, OperatorChange
from backoffice.contracts.errors import Invalid, NotPermitted, Stale
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Versioned
from backoffice.services import desk
from portal import respond
from portal.forms.form import Field, Form
from portal.forms.operations import role_ticks
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer, page_of
from portal.objects import demand
from portal.session import SIGN_IN, DeskRequest
from portal.views import grants

OPERATION = "manage-operators"
NEW = Action(label="New operator", icon="user-plus", url_name="portal:operators-create", operation=OPERATION, is_primary=True)
CELLS = "portal/settings/cells.html"
NAMES = (
    Field(name="name", label="Name", is_required=True, hint="As colleagues read it"),
    Field(name="email", label="E-mail", is_required=True),
)
NEW_FIELDS = (
    Field(name="username", label="User name", is_required=True, hint="What they sign in with: lower-case letters, digits and . _ @ -; it stays"),
    *NAMES,
    Field(
        name="password",
        label="First password",
        kind="password",
        is_required=True,
        hint="At least 12 characters, 15 for who may change rights; tell it them in person",
    ),
    Field(name="roles", label="Roles", kind="choices"),
)
FIELDS = (*NAMES, Field(name="isActive", label="May sign in", kind="flag"), Field(name="roles", label="Roles", kind="choices"))
PASSWORD = (
    Field(
        name="password",
        label="New password",
        kind="password",
        is_required=True,
        hint="At least 12 characters, 15 for who may change rights; not a common one",
    ),
)

RESET = (Field(name="reason", label="Why", is_required=True, hint="As the trail should tell it. Make sure that it is they who ask: call them back"),)


def _roles(actor: Actor) -> list[tuple[str, str]]:
    return [(role.id, role.name) for role in desk().roles.find(actor)]


class Row(Operator, frozen=True, kw_only=True):
    """An operator with their roles by name."""

    role_names: str


def _rows(actor: Actor) -> list[Row]:
    names = dict(_roles(actor))
    return [
        Row(**{one: getattr(row, one) for one in Operator.__struct_fields__}, role_names=", ".join(names.get(role, "") for role in row.roles))
        for row in desk().operators.find(actor)
    ]


def _find(actor: Actor, state: State) -> Page[Row]:
    rows = [row for row in _rows(actor) if not (wanted := state.many("role")) or set(wanted) & set(row.roles)]
    return page_of(
        rows,
        state,
        search=lambda row: (row.name, row.username, row.email),
        filters={"active": lambda row: "yes" if row.is_active else "no"},
        sorts={"name": lambda row: row.name.lower(), "seen": lambda row: row.last_sign_in_at.timestamp() if row.last_sign_in_at else 0},
    )


OPERATORS = Listing[Row](
    section="operators",
    title="Operators",
    noun="operator",
    nouns="operators",
    object_type="operator",
    find=_find,
    key=lambda row: row.id,
    href=lambda row: reverse("portal:operators-show", args=[row.id]),
    search="Search operators",
    default_sort="name",
    columns=(
        Column(key="name", label="Name", cell=f"{CELLS}#operator", sort="name"),
        Column(key="username", label="User name"),
        Column(key="email", label="E-mail"),
        Column(key="roles", label="Roles", attribute="role_names"),
        Column(key="active", attribute="is_active", label="State", cell=f"{CELLS}#active"),
        Column(key="seen", attribute="last_sign_in_at", label="Last sign-in", cell=f"{CELLS}#seen", sort="seen"),
        Column(key="created", attribute="created_at", label="Since", cell=f"{CELLS}#created", is_shown=False),
    ),
    filters=(
        Filter(key="role", label="Role", choices=_roles),
        Filter(key="active", label="State", choices=(("yes", "Active"), ("no", "Ended")), is_single=True),
    ),
    empty=Empty(icon="users", text="Everybody who works at this desk has an own account: what they do is recorded under their name.", action=NEW),
    actions=(Action(label="Sign-ins", icon="monitor-smartphone", url_name="portal:sign-ins-list", operation=OPERATION), NEW),
)


@require_safe
def list_operators(request: DeskRequest) -> HttpResponse:
    return answer(request, OPERATORS)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "operators.create")
    if request.method != "POST":
        return _new_page(request, Form(fields=NEW_FIELDS))
    form = Form.of_post(NEW_FIELDS, request.POST)
    try:
        # A password keeps its blanks, so it is read as it was typed.
        operator = desk().operators.create(request.actor, form.read(NewOperator, password=request.POST.get("password", "")))
    except (Invalid, NotPermitted) as refusal:
        return _new_page(request, grants.placed(form, refusal, "roles"), status=400)
    return respond.redirect(request, reverse("portal:operators-show", args=[operator.id]), toast=f"{operator.name} may sign in now.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, operator_id: str) -> HttpResponse:
    found = desk().operators.get(request.actor, operator_id)
    if request.method != "POST":
        return _page(request, found, Form.of_value(FIELDS, found.value, found.version))
    form = Form.of_post(FIELDS, request.POST)
    try:
        desk().operators.update(request.actor, operator_id, form.read(OperatorChange), version=form.version)
    except (Invalid, NotPermitted) as refusal:
        return _page(request, found, grants.placed(form, refusal, "roles"), status=400)
    except Stale as refusal:
        return _page(request, desk().operators.get(request.actor, operator_id), grants.lost(form, refusal), status=412)
    return respond.redirect(request, request.path, toast="Saved. Changed roles or activity end the sign-ins that were open.")


@require_POST
def set_password(request: DeskRequest, operator_id: str) -> HttpResponse:
    found = desk().operators.get(request.actor, operator_id)
    try:
        desk().operators.set_password(request.actor, operator_id, request.POST.get("password", ""))
    except (Invalid, NotPermitted) as refusal:
        form = Form.of_value(FIELDS, found.value, found.version)
        return _page(request, found, form, password=grants.placed(Form(fields=PASSWORD), refusal, "password"), status=400)
    to = reverse("portal:operators-show", args=[operator_id])
    return respond.redirect(request, to, toast=f"{found.value.name} has a new password; their sign-ins have ended.")


@require_POST
def reset_factors(request: DeskRequest, operator_id: str) -> HttpResponse:
    found = desk().operators.get(request.actor, operator_id)
    form = Form.of_post(RESET, request.POST)
    try:
        desk().operators.reset_factors(request.actor, operator_id, form.values.get("reason", ""))
    except (Invalid, NotPermitted) as refusal:
        shown = Form.of_value(FIELDS, found.value, found.version)
        return _page(request, found, shown, reset=grants.placed(form, refusal, "reason"), status=400)
    to = reverse("portal:operators-show", args=[operator_id])
    return respond.redirect(request, to, toast=f"{found.value.name} has no second factor any more; their sign-ins have ended.")


def _new_page(request: DeskRequest, form: Form, *, status: int = 200) -> HttpResponse:
    context = {
        "form": replace(form, values={**form.values, "password": ""}),
        "ticks": _ticks(request.actor, form),
        "crumbs": [("Operators", reverse("portal:operators-list")), ("New", "")],
    }
    return respond.page(request, "portal/settings/operator_new.html", "", context, status=status)


def _page(
    request: DeskRequest, found: Versioned[Operator], form: Form, *, password: Form | None = None, reset: Form | None = None, status: int = 200
) -> HttpResponse:
    operator, actor = found.value, request.actor
    context: dict[str, Any] = {
        "operator": operator,
        "form": form,
        "password": password or Form(fields=PASSWORD),
        "reset": reset or Form(fields=RESET),
        "may_reset": operator.id != actor.id,
        "ticks": _ticks(actor, form, operator.roles),
        "sign_ins": [one for one in desk().operators.sign_ins(actor) if one.operator_id == operator.id],
        "current": request.session[SIGN_IN],
        "timeline": desk().audit.timeline(actor, "operator", operator.id),
        "crumbs": [("Operators", reverse("portal:operators-list")), (operator.name, "")],
    }
    return respond.page(request, "portal/settings/operator.html", "", context, status=status)


def _ticks(actor: Actor, form: Form, held: Collection[str] = ()) -> Any:
    return role_ticks(actor, desk().roles.find(actor), [one for one in form.values.get("roles", "").split(",") if one], held)
