"""Market groups: the list, one group with its markets, create, rename, delete."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.market_groups import MarketGroup
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.paging import Page
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.forms.form import Form
from portal.forms.groups import LABELS, NEW, change_of, draft_of, form_of
from portal.listing import Action, Column, Empty, Listing, State, answer, page_of
from portal.objects import demand
from portal.session import DeskRequest

CELLS = "portal/groups/cells.html#"
CREATE = Action(label="New group", icon="plus", url_name="portal:groups-create", operation="manage-markets", is_primary=True)
KIND = catalog.Kind(section="groups", title="Market groups", noun="group", object_type="market_group", capability="market_groups", labels=LABELS)


def _find(actor: Actor, state: State) -> Page[MarketGroup]:
    sorts = {"name": lambda row: row.name.lower(), "id": lambda row: row.market_group_id, "markets": lambda row: row.market_count}
    return page_of(back_api().market_groups.find(actor), state, search=lambda row: (row.name, row.market_group_id), filters={}, sorts=sorts)


GROUPS: Listing[MarketGroup] = Listing(
    section="groups",
    title="Market groups",
    noun="group",
    nouns="groups",
    object_type="market_group",
    search="Find by id or name",
    default_sort="name",
    find=_find,
    key=lambda row: row.market_group_id,
    href=lambda row: reverse("portal:groups-show", args=[row.market_group_id]),
    actions=(CREATE,),
    empty=Empty(icon="boxes", text="A group names markets together, for commission rules and filters.", action=CREATE),
    columns=(
        Column(key="name", label="Group", sort="name", cell=CELLS + "name"),
        Column(key="market_group_id", label="Id", sort="id", cell=CELLS + "id"),
        Column(key="market_count", label="Markets", sort="markets", cell=CELLS + "markets", is_numeric=True),
    ),
)


@require_safe
def list_groups(request: DeskRequest) -> HttpResponse:
    return answer(request, GROUPS)


@require_safe
def show(request: DeskRequest, group_id: str) -> HttpResponse:
    group, _, found = _found(request, group_id, "Overview")
    return respond.page(request, "portal/groups/show.html", "", {**found, **catalog.using_markets(request, _users(group_id)), "group": group})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "market_groups.create")

    def make(form: Form) -> tuple[str, str]:
        group = back_api().market_groups.create(request.actor, draft_of(form))
        return group.market_group_id, group.name

    return catalog.create(request, KIND, Form(fields=NEW), make)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, group_id: str) -> HttpResponse:
    demand(request.actor, "market_groups.update")
    group, version, found = _found(request, group_id, "Edit")

    def save(form: Form) -> str:
        change = change_of(form)
        back_api().market_groups.update(request.actor, group_id, change, version=form.version or 0)
        return change.name

    return catalog.edit(request, KIND, found, form_of(group, version), save)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, group_id: str) -> HttpResponse:
    demand(request.actor, "market_groups.delete")
    _, version, found = _found(request, group_id, "Overview")
    return catalog.deletion_from_markets(
        request, found, version, _users(group_id), lambda seen: back_api().market_groups.delete(request.actor, group_id, version=seen)
    )


@require_safe
def timeline(request: DeskRequest, group_id: str) -> HttpResponse:
    return catalog.timeline(request, KIND, _found(request, group_id, "Timeline")[2])


def _found(request: DeskRequest, group_id: str, tab: str) -> tuple[MarketGroup, int, catalog.Context]:
    since = desk().audit.latest(request.actor)
    found = back_api().market_groups.get(request.actor, group_id)
    frame = catalog.frame(request, KIND, group_id, found.value.name, tab, since=since, acts=catalog.usual_acts(request, KIND, group_id))
    return found.value, found.version, {**frame, "all_markets": f"{reverse('portal:markets-list')}?group={group_id}"}


def _users(group_id: str) -> MarketQuery:
    return MarketQuery(market_group_ids=[group_id], limit=catalog.NAMED)
