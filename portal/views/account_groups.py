"""Account groups: the list, one group with its clients, create, rename, delete."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.accounts import AccountGroup
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import InUse, Invalid, Stale
from backoffice.contracts.paging import Page
from backoffice.contracts.users import UserQuery
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.asked import number_of
from portal.forms.account_groups import LABELS, NEW, change_of, draft_of, form_of
from portal.forms.form import Form
from portal.forms.merge import Merge
from portal.listing import Action, Column, Empty, Listing, State, answer, page_of
from portal.objects import demand
from portal.session import DeskRequest

CELLS = "portal/account_groups/cells.html#"
CREATE = Action(label="New account group", icon="plus", url_name="portal:account-groups-create", operation="manage-accounts", is_primary=True)
KIND = catalog.Kind(
    section="account-groups",
    title="Account groups",
    noun="account group",
    object_type="account_group",
    capability="account_groups",
    labels=LABELS,
)


def _find(actor: Actor, state: State) -> Page[AccountGroup]:
    sorts = {"name": lambda row: row.name.lower(), "id": lambda row: row.account_group_id, "accounts": lambda row: row.account_count}
    return page_of(back_api().account_groups.find(actor), state, search=lambda row: (row.name, row.account_group_id), filters={}, sorts=sorts)


GROUPS: Listing[AccountGroup] = Listing(
    section="account-groups",
    title="Account groups",
    noun="account group",
    nouns="account groups",
    object_type="account_group",
    search="Find by id or name",
    default_sort="name",
    find=_find,
    key=lambda row: row.account_group_id,
    href=lambda row: reverse("portal:account-groups-show", args=[row.account_group_id]),
    actions=(CREATE,),
    empty=Empty(icon="layers", text="Every account is in one: commission rules and filters name accounts by group.", action=CREATE),
    columns=(
        Column(key="name", label="Group", sort="name", cell=CELLS + "name"),
        Column(key="account_group_id", label="Id", sort="id", cell=CELLS + "id"),
        Column(key="account_count", label="Accounts", sort="accounts", cell=CELLS + "accounts", is_numeric=True),
    ),
)


@require_safe
def list_groups(request: DeskRequest) -> HttpResponse:
    return answer(request, GROUPS)


@require_safe
def show(request: DeskRequest, group_id: str) -> HttpResponse:
    group, _, found = _found(request, group_id, "Overview")
    clients = back_api().users.find(request.actor, UserQuery(account_group_ids=[group_id], limit=catalog.NAMED))
    return respond.page(request, "portal/account_groups/show.html", "", {**found, "group": group, "clients": clients})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "account_groups.create")
    if request.method != "POST":
        return catalog.creation(request, KIND, Form(fields=NEW))
    form = Form.of_post(NEW, request.POST)
    try:
        group = back_api().account_groups.create(request.actor, draft_of(form))
    except Invalid as refusal:
        return catalog.creation(request, KIND, form.refused(refusal), status=400)
    return respond.redirect(request, KIND.url("show", group.account_group_id), toast=f"{group.name} is created.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, group_id: str) -> HttpResponse:
    demand(request.actor, "account_groups.update")
    group, version, found = _found(request, group_id, "Edit")
    fresh = form_of(group, version)
    if request.method != "POST":
        return catalog.edition(request, KIND, found, fresh)
    form = Form.of_post(fresh.fields, request.POST)
    try:
        back_api().account_groups.update(request.actor, group_id, change_of(form), version=form.version or 0)
    except Stale:
        return catalog.merge(request, KIND, found, Merge.of(form, fresh))
    except Invalid as refusal:
        return catalog.edition(request, KIND, found, form.refused(refusal), status=400)
    return respond.redirect(request, KIND.url("show", group_id), toast=f"{form.values['name']} is saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, group_id: str) -> HttpResponse:
    demand(request.actor, "account_groups.delete")
    group, version, found = _found(request, group_id, "Overview")
    status, detail = 200, f"The account group {group_id} goes for good; its timeline stays in the audit trail."
    if request.method == "POST":
        try:
            back_api().account_groups.delete(request.actor, group_id, version=number_of(request.POST.get("version", "")) or 0)
            return respond.redirect(request, KIND.url("list"), toast=f"{group.name} is deleted.")
        except InUse:
            status = 400
        except Stale:
            status, detail = 412, "Somebody changed the account group since you were asked. Look at it again before you delete it."
    question = {
        **found,
        "group": group,
        "title": f"Delete {group.name}?",
        "detail": detail,
        "button": "Delete account group",
        "action": request.path,
        "hidden": [("version", str(version))],
        "back": KIND.url("show", group_id),
        "is_danger": True,
    }
    template = "portal/account_groups/in_use.html" if group.account_count else "components/confirm.html"
    return respond.page(request, template, "question", question, status=status)


@require_safe
def timeline(request: DeskRequest, group_id: str) -> HttpResponse:
    return catalog.timeline(request, KIND, _found(request, group_id, "Timeline")[2])


def _found(request: DeskRequest, group_id: str, tab: str) -> tuple[AccountGroup, int, catalog.Context]:
    since = desk().audit.latest(request.actor)
    found = back_api().account_groups.get(request.actor, group_id)
    frame = catalog.frame(request, KIND, group_id, found.value.name, tab, since=since, acts=catalog.usual_acts(request, KIND, group_id))
    return found.value, found.version, {**frame, "all_clients": f"{reverse('portal:clients-list')}?{urlencode({'group': group_id})}"}
