"""Assets: the list, one asset with the markets that use it; internal ones are made and changed here, Crm ones only shown."""

from collections import Counter
from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import Asset, AssetChange, AssetSource, AssetType
from backoffice.contracts.errors import Invalid, Stale
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.paging import Page
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.forms.assets import LABELS, NEW, change_of, draft_of, form_of
from portal.forms.form import Form
from portal.forms.merge import Merge
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer, page_of
from portal.objects import act, demand
from portal.session import DeskRequest
from portal.templatetags.desk import worded

CELLS = "portal/assets/cells.html#"
CREATE = Action(label="New internal asset", icon="plus", url_name="portal:assets-create", operation="manage-assets", is_primary=True)
KIND = catalog.Kind(section="assets", title="Assets", noun="asset", object_type="asset", capability="assets", labels=LABELS)


class AssetRow(NamedTuple):
    """An asset of the list with the number of markets that have it as base or quote."""

    asset: Asset
    market_count: int


def _find(actor: Actor, state: State) -> Page[AssetRow]:
    api = back_api()
    # A market's id ends in base_quote, and no asset id holds an underscore: one query counts for every row.
    used = Counter(asset for market in api.markets.names(actor) for asset in market.market_id.partition(".")[2].split("_"))
    return page_of(
        [AssetRow(asset, used[asset.id]) for asset in api.assets.find(actor)],
        state,
        search=lambda row: (row.asset.id, row.asset.name),
        filters={"type": lambda row: row.asset.type, "source": lambda row: row.asset.source},
        sorts={
            "id": lambda row: row.asset.id,
            "name": lambda row: row.asset.name.lower(),
            "type": lambda row: row.asset.type,
            "scale": lambda row: row.asset.scale,
            "source": lambda row: row.asset.source,
            "markets": lambda row: row.market_count,
        },
    )


ASSETS: Listing[AssetRow] = Listing(
    section="assets",
    title="Assets",
    noun="asset",
    nouns="assets",
    object_type="asset",
    search="Find by id or name",
    default_sort="id",
    find=_find,
    key=lambda row: row.asset.id,
    href=lambda row: reverse("portal:assets-show", args=[row.asset.id]),
    actions=(CREATE,),
    empty=Empty(
        icon="coins", text="Crm assets arrive from the client system. Internal ones, for CFD and perpetual markets, are made here.", action=CREATE
    ),
    filters=(Filter(key="type", label="Type", choices=worded(AssetType)), Filter(key="source", label="Source", choices=worded(AssetSource))),
    columns=(
        Column(key="id", attribute="asset.id", label="Asset", sort="id", cell=CELLS + "id"),
        Column(key="name", attribute="asset.name", label="Name", sort="name", cell=CELLS + "name"),
        Column(key="type", attribute="asset.type", label="Type", sort="type", cell=CELLS + "type"),
        Column(key="scale", attribute="asset.scale", label="Scale", sort="scale", cell=CELLS + "scale", is_numeric=True),
        Column(key="source", attribute="asset.source", label="Source", sort="source", cell=CELLS + "source"),
        Column(key="markets", attribute="market_count", label="Markets", sort="markets", cell=CELLS + "markets", is_numeric=True),
    ),
)


@require_safe
def list_assets(request: DeskRequest) -> HttpResponse:
    return answer(request, ASSETS)


@require_safe
def show(request: DeskRequest, asset_id: str) -> HttpResponse:
    asset, _, found = _found(request, asset_id, "Overview")
    as_base = catalog.using_markets(request, MarketQuery(base_asset_ids=[asset_id], limit=catalog.NAMED))
    as_quote = catalog.using_markets(request, MarketQuery(quote_asset_ids=[asset_id], limit=catalog.NAMED))
    finer = [market for market in as_base["markets"] if (market.amount_scale or 0) > asset.scale]
    rate = next((one for one in back_api().rates.find(request.actor) if one.asset_id == asset_id), None)
    root = back_api().rates.root(request.actor)
    context = {**found, "asset": asset, "as_base": as_base, "as_quote": as_quote, "finer": finer, "rate": rate, "root": root}
    return respond.page(request, "portal/assets/show.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "assets.create")

    def make(form: Form) -> tuple[str, str]:
        asset = back_api().assets.create(request.actor, draft_of(form))
        return asset.id, asset.name

    return catalog.create(request, KIND, Form(fields=NEW, values={"scale": "2"}), make)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, asset_id: str) -> HttpResponse:
    demand(request.actor, "assets.update")
    asset, version, found = _found(request, asset_id, "Edit")
    if asset.source == "Crm":
        return respond.page(request, "portal/assets/show.html", "", {**found, "asset": asset, "is_locked": True})
    fresh = form_of(asset, version)
    if request.method != "POST":
        return catalog.edition(request, KIND, found, fresh)
    form = Form.of_post(fresh.fields, request.POST)
    try:
        change = change_of(form)
        if form.version == version and change.scale > asset.scale and request.POST.get("sure") != str(change.scale):
            return _ask(request, found, asset, form, change)
        back_api().assets.update(request.actor, asset_id, change, version=form.version or 0)
    except Stale:
        return catalog.merge(request, KIND, found, Merge.of(form, fresh))
    except Invalid as refusal:
        return catalog.edition(request, KIND, found, form.refused(refusal), status=400)
    return respond.redirect(request, KIND.url("show", asset_id), toast=f"{change.name} is saved.")


@require_safe
def timeline(request: DeskRequest, asset_id: str) -> HttpResponse:
    return catalog.timeline(request, KIND, _found(request, asset_id, "Timeline")[2])


def _ask(request: DeskRequest, found: catalog.Context, asset: Asset, form: Form, change: AssetChange) -> HttpResponse:
    """A scale that grew cannot shrink again, so it is asked about once more."""
    base = [(f"was-{name}", value) for name, value in form.base.items()]
    question = {
        **found,
        "title": f"{asset.name}: from {asset.scale} to {change.scale} decimal places?",
        "detail": "Amounts may be this fine from then on, everywhere. A scale never shrinks, so this cannot be taken back.",
        "button": f"Save with {change.scale} decimal places",
        "action": request.path,
        "hidden": [*form.values.items(), *base, ("version", str(form.version)), ("sure", str(change.scale))],
        "back": KIND.url("edit", asset.id),
    }
    return respond.page(request, "components/confirm.html", "question", question)


def _found(request: DeskRequest, asset_id: str, tab: str) -> tuple[Asset, int, catalog.Context]:
    since = desk().audit.latest(request.actor)
    found = back_api().assets.get(request.actor, asset_id)
    acts = [act(request.actor, "assets.update", "Edit", "pencil", KIND.url("edit", asset_id))] if found.value.source == "Internal" else []
    frame = catalog.frame(request, KIND, asset_id, found.value.name, tab, since=since, acts=acts)
    if found.value.source == "Crm":
        frame["tabs"] = [one for one in frame["tabs"] if one.label != "Edit"]
    return found.value, found.version, {**frame, "badge": asset_id, "tag": "CRM" if found.value.source == "Crm" else "Internal"}
