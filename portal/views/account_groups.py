"""Account groups: the list, one group with its clients, create, rename, delete."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.accounts import AccountGroup
from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.users import UserQuery
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.forms.account_groups import LABELS, NEW, change_of, draft_of, form_of
from portal.forms.form import Form
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

    def make(form: Form) -> tuple[str, str]:
        group = back_api().account_groups.create(request.actor, draft_of(form))
        return group.account_group_id, group.name

    return catalog.create(request, KIND, Form(fields=NEW), make)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, group_id: str) -> HttpResponse:
    demand(request.actor, "account_groups.update")
    group, version, found = _found(request, group_id, "Edit")

    def save(form: Form) -> str:
        change = change_of(form)
        back_api().account_groups.update(request.actor, group_id, change, version=form.version or 0)
        return change.name

    return catalog.edit(request, KIND, found, form_of(group, version), save)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, group_id: str) -> HttpResponse:
    demand(request.actor, "account_groups.delete")
    group, version, found = _found(request, group_id, "Overview")

    def remove(seen: int) -> None:
        back_api().account_groups.delete(request.actor, group_id, version=seen)

    def using() -> catalog.Context:
        return {"template": "portal/account_groups/in_use.html", "group": group} if group.account_count else {}

    return catalog.deletion(request, found, version, remove, using=using)


@require_safe
def timeline(request: DeskRequest, group_id: str) -> HttpResponse:
    return catalog.timeline(request, KIND, _found(request, group_id, "Timeline")[2])


def _found(request: DeskRequest, group_id: str, tab: str) -> tuple[AccountGroup, int, catalog.Context]:
    since = desk().audit.latest(request.actor)
    found = back_api().account_groups.get(request.actor, group_id)
    frame = catalog.frame(request, KIND, group_id, found.value.name, tab, since=since, acts=catalog.usual_acts(request, KIND, group_id))
    return found.value, found.version, {**frame, "all_clients": f"{reverse('portal:clients-list')}?{urlencode({'group': group_id})}"}
