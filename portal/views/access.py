"""Who may do what, and why: a question put to the guard's own parts, every role beside the others, and a review of what everybody holds."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, get_args

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts import operations
from backoffice.contracts.access import AccessQuestion, Explanation, ObjectKind, ReviewRow, Who, WhoKind
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.paging import Page
from backoffice.guard import permitted
from backoffice.services import desk
from portal import respond
from portal.forms import limits
from portal.forms.form import NUMBER, Field, Form
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer, page_of
from portal.objects import demand
from portal.session import DeskRequest

CELLS = "portal/settings/cells.html"
OTHERS = "operators.find"
KINDS = [("", "Nothing in particular"), *((kind, kind.replace("_", " ").capitalize()) for kind in get_args(ObjectKind))]


class RoleCell(NamedTuple):
    is_given: bool
    limits: str


class MatrixRow(NamedTuple):
    operation: str
    means: str
    cells: Sequence[RoleCell]


@require_safe
def ask(request: DeskRequest) -> HttpResponse:
    """A question is an address, so that it can be sent to a colleague."""
    actor, given = request.actor, request.GET
    actions = desk().access.actions(actor)
    wanted = given.get("action") or next(iter(actions.get(given.get("operation", ""), ())), "")
    values = {name: given.get(name, "").strip() for name in ("kind", "object", "asset", "amount")} | {
        "who": given.get("who") or f"{actor.kind}:{actor.id}",
        "action": wanted,
    }
    form = Form(fields=_fields(actor, actions), values=values)
    told: Explanation | None = None
    if wanted:
        try:
            told = desk().access.explain(actor, _question(values))
        except Invalid as refusal:
            form = form.refused(refusal)
        except NotFound as refusal:
            form = form.refused(Invalid(refusal.detail))
    context = {"form": form, "told": told, "sees_others": permitted(actor, OTHERS), "crumbs": [("Access", "")]}
    return respond.page(request, "portal/settings/access.html", "", context)


@require_safe
def matrix(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "roles.find")
    roles = desk().roles.find(request.actor)
    rows = [
        MatrixRow(name, means, [RoleCell(name in role.operations, "; ".join(limits.words(role.scope))) for role in roles])
        for name, means in operations.ALL.items()
    ]
    context = {"roles": roles, "rows": rows, "crumbs": [("Access", reverse("portal:access-ask")), ("Roles side by side", "")]}
    return respond.page(request, "portal/settings/access_matrix.html", "", context)


def _find(actor: Actor, state: State) -> Page[ReviewRow]:
    return page_of(
        desk().access.review(actor),
        state,
        search=lambda row: (row.name, row.username, row.role, row.operation),
        filters={"kind": lambda row: row.kind, "active": lambda row: "yes" if row.is_active else "no", "operation": lambda row: row.operation},
        sorts={
            "name": lambda row: row.name.lower(),
            "operation": lambda row: row.operation,
            "used": lambda row: row.last_used_at.timestamp() if row.last_used_at else 0,
        },
    )


REVIEWED = Listing[ReviewRow](
    section="access-review",
    title="Access review",
    noun="right",
    nouns="rights",
    object_type="role",
    find=_find,
    key=lambda row: f"{row.id}:{row.role}:{row.operation}",
    href=lambda row: reverse("portal:operators-show" if row.kind == "operator" else "portal:api-clients-show", args=[row.id]),
    search="Search people, clients, roles and operations",
    default_sort="name",
    columns=(
        Column(key="name", label="Who", sort="name"),
        Column(key="kind", label="Kind", plain=lambda row: "Person" if row.kind == "operator" else "API client"),
        Column(key="username", label="User name", is_shown=False),
        Column(key="active", attribute="is_active", label="State", cell=f"{CELLS}#active"),
        Column(key="role", label="Role"),
        Column(key="operation", label="Operation", sort="operation"),
        Column(key="limits", label="Limits"),
        Column(key="factors", label="Factors"),
        Column(key="seen", attribute="last_seen_at", label="Last seen", cell=f"{CELLS}#last_seen"),
        Column(key="used", attribute="last_used_at", label="Last used", cell=f"{CELLS}#last_used", sort="used"),
    ),
    filters=(
        Filter(key="kind", label="Kind", choices=(("operator", "People"), ("client", "API clients")), is_single=True),
        Filter(key="active", label="State", choices=(("yes", "Active"), ("no", "Ended")), is_single=True),
        Filter(key="operation", label="Operation", choices=tuple((name, name) for name in operations.ALL)),
    ),
    empty=Empty(icon="shield", text="Nobody holds anything yet."),
    actions=(Action(label="Ask why", icon="circle-question-mark", url_name="portal:access-ask", operation=operations.OWN),),
    note="Last used is of the audit trail: what is only read leaves nothing there.",
)


@require_safe
def review(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "access.review")
    return answer(request, REVIEWED)


def _question(values: dict[str, str]) -> AccessQuestion:
    """Refuses: Invalid."""
    kind, _, id = values["who"].partition(":")
    if kind not in get_args(WhoKind):
        raise Invalid("Say who.", fields={"who": ["must be a person, a role or an API client"]})
    if values["amount"] and not NUMBER.fullmatch(values["amount"]):
        raise Invalid("The amount is not valid.", fields={"amount": ["must be a number"]})
    return AccessQuestion(
        who=Who(kind=kind, id=id),  # type: ignore[arg-type]  # one of the kinds, as was checked
        action=values["action"],
        object_kind=values["kind"] if values["kind"] in get_args(ObjectKind) else None,  # type: ignore[arg-type]  # as above
        object_id=values["object"] or None,
        asset_id=values["asset"] or None,
        amount=Decimal(values["amount"]) if values["amount"] else None,
    )


def _fields(actor: Actor, actions: dict[str, list[str]]) -> list[Field]:
    known = [("", "Choose"), *((action, f"{action} — {operation}") for operation, found in actions.items() for action in found)]
    return [
        Field(name="who", label="Who", kind="choice", choices=_people(actor)),
        Field(name="action", label="Does what", kind="choice", choices=known),
        Field(name="kind", label="To what", kind="choice", choices=KINDS),
        Field(name="object", label="Its id"),
        Field(name="amount", label="Amount", kind="decimal"),
        Field(name="asset", label="Of which asset", hint="Its id, as usd"),
    ]


def _people(actor: Actor) -> list[tuple[str, str]]:
    if not permitted(actor, OTHERS):
        return [(f"{actor.kind}:{actor.id}", f"{actor.name} (you)")]
    people = [(f"operator:{one.id}", one.name + (" (you)" if one.id == actor.id else "")) for one in desk().operators.find(actor)]
    roles = [(f"role:{one.id}", f"Role {one.name}") for one in desk().roles.find(actor)]
    clients = desk().api_clients.find(actor) if permitted(actor, "api_clients.find") else []
    return [*people, *roles, *((f"client:{one.id}", f"API client {one.name}") for one in clients)]
