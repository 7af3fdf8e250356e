"""Rates: what each asset is worth in the root asset and how that follows from prices; choosing the root asset, setting a price."""

from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.errors import Invalid
from backoffice.contracts.rates import Rate
from backoffice.services import back_api, desk
from portal import respond
from portal.asked import number_of
from portal.forms.form import Field, Form, choices_of
from portal.forms.prices import SOURCE, fields_of, placed, price_of
from portal.objects import Tab, act, demand
from portal.session import DeskRequest

FULL = 50


class Line(NamedTuple):
    rate: Rate
    name: str


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    api, actor = back_api(), request.actor
    since = desk().audit.latest(actor)
    names = {asset.id: asset.name for asset in api.assets.find(actor)}
    root, rates = api.rates.root(actor), api.rates.find(actor)
    edit, choose = reverse("portal:rates-price"), reverse("portal:rates-root")
    acts = [act(actor, "rates.set_prices", "Set a price", "plus", edit, is_primary=root is not None)]
    if root is None:
        acts.append(act(actor, "rates.set_root", "Choose the root asset", "landmark", choose, is_primary=True))
    context = {
        "root": root,
        "root_name": names.get(root.asset_id, "") if root else "",
        "lines": [Line(one, names[one.asset_id]) for one in rates if one.rate is not None and one.asset_id in names],
        "without": [one.asset_id for one in rates if one.rate is None],
        "prices": api.rates.prices(actor),
        "acts": acts,
        "tabs": _tabs("Rates"),
        "live": {"type": "rates", "id": "prices", "since": since},
        "crumbs": [("Rates", "")],
    }
    return respond.page(request, "portal/rates/show.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
def price(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "rates.set_prices")
    fields = fields_of(back_api().assets.find(request.actor))
    if request.method != "POST":
        root = back_api().rates.root(request.actor)
        values = {"baseAssetId": request.GET.get("base", ""), "quoteAssetId": root.asset_id if root else "", "source": SOURCE}
        return _form(request, Form(fields=fields, values=values), "Set a price", "Set price")
    form = Form.of_post(fields, request.POST)
    try:
        wanted = price_of(form)
        back_api().rates.set_prices(request.actor, [wanted])
    except Invalid as refusal:
        return _form(request, placed(form, refusal), "Set a price", "Set price", status=400)
    toast = f"One {wanted.base_asset_id} costs {form.values['price']} {wanted.quote_asset_id}."
    return respond.redirect(request, reverse("portal:rates-show"), toast=toast)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_root(request: DeskRequest) -> HttpResponse:
    """Once for all: rates of finished transfers are kept in it."""
    demand(request.actor, "rates.set_root")
    choices = choices_of(((one.id, f"{one.id} · {one.name}") for one in back_api().assets.find(request.actor)), empty="Choose an asset")
    hint = "Every total is shown in it. It cannot be changed here afterwards."
    fields = (Field(name="assetId", label="Root asset", kind="choice", choices=choices, is_required=True, hint=hint),)
    if request.method != "POST":
        return _form(request, Form(fields=fields), "Choose the root asset", "Choose for good")
    form = Form.of_post(fields, request.POST)
    try:
        form.typed()
        back_api().rates.set_root(request.actor, form.values["assetId"])
    except Invalid as refusal:
        return _form(request, form.refused(refusal), "Choose the root asset", "Choose for good", status=400)
    return respond.redirect(request, reverse("portal:rates-show"), toast=f"The root asset is {form.values['assetId']}.")


@require_safe
def timeline(request: DeskRequest) -> HttpResponse:
    before = number_of(request.GET.get("before", ""))
    records = desk().audit.timeline(request.actor, "rates", "prices", before=before)
    more = f"?before={records[-1].id}" if len(records) >= FULL else ""
    context = {
        "records": records,
        "more": more,
        "tabs": _tabs("Timeline"),
        "acts": [],
        "crumbs": [("Rates", reverse("portal:rates-show")), ("Timeline", "")],
    }
    return respond.page(request, "portal/rates/timeline.html", "records", context)


def _form(request: DeskRequest, form: Form, title: str, button: str, *, status: int = 200) -> HttpResponse:
    back = reverse("portal:rates-show")
    context = {"form": form, "title": title, "button": button, "back": back, "crumbs": [("Rates", back), (title, "")]}
    return respond.page(request, "portal/rates/form.html", "", context, status=status)


def _tabs(current: str) -> list[Tab]:
    return [Tab(label, reverse(f"portal:rates-{page}"), label == current) for label, page in (("Rates", "show"), ("Timeline", "timeline"))]
