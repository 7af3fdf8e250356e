"""Creating, editing and opening or halting a market; a lost race is merged, never overwritten."""

from typing import Any, get_args

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid, Stale
from backoffice.contracts.markets import MarketPatch, MarketStatus, MarketType
from backoffice.services import back_api, desk
from portal import respond
from portal.asked import number_of
from portal.forms.form import Form
from portal.forms.market import creation_fields, draft_of, fields_of, form_of, settings_of
from portal.forms.merge import Merge
from portal.objects import Tab, demand
from portal.session import DeskRequest
from portal.templatetags.desk import words
from portal.views.market_page import MEANS, VERBS, frame

TYPES: tuple[str, ...] = get_args(MarketType)
NAMES = {"Spot": "Spot", "Cfd": "CFD", "Perp": "Perpetual"}


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    """The type comes first: it decides which fields there are."""
    demand(request.actor, "markets.create")
    market_type = request.GET.get("type", "Cfd")
    if market_type not in TYPES:
        raise Http404
    fields = creation_fields(request.actor, market_type)
    if request.method != "POST":
        values = {"status": "Disabled", "baseAssetId": request.GET.get("base", ""), "quoteAssetId": request.GET.get("quote", "")}
        return _creation(request, Form(fields=fields, values=values), market_type)
    form = Form.of_post(fields, request.POST)
    try:
        created = back_api().markets.create(request.actor, draft_of(form, market_type))
    except Invalid as refusal:
        return _creation(request, form.refused(refusal), market_type, status=400)
    return respond.redirect(request, reverse("portal:markets-show", args=[created.market_id]), toast=f"{form.values['displayName']} is created.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, market_id: str) -> HttpResponse:
    found = back_api().markets.get(request.actor, market_id)
    demand(request.actor, "markets.update")
    context = frame(request.actor, found.value, "Edit", desk().audit.latest(request.actor))
    if request.method != "POST":
        return _edition(request, context, form_of(request.actor, found.value, found.version))
    form = Form.of_post(fields_of(request.actor, found.value.type), request.POST)
    try:
        back_api().markets.update(request.actor, market_id, settings_of(form), version=form.version or 0)
    except Stale:
        return _merge(request, market_id, form)
    except Invalid as refusal:
        return _edition(request, context, form.refused(refusal), status=400)
    return respond.redirect(request, reverse("portal:markets-show", args=[market_id]), toast=f"{found.value.display_name} is saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def change_status(request: DeskRequest, market_id: str, status: MarketStatus) -> HttpResponse:
    """Asks first, showing what it means; the answer carries the version that was looked at."""
    if status not in MEANS:
        raise Http404
    found = back_api().markets.get(request.actor, market_id)
    demand(request.actor, "markets.patch")
    back = reverse("portal:markets-show", args=[market_id])
    if request.method == "POST":
        version = request.POST.get("version", "")
        back_api().markets.patch(request.actor, {market_id: number_of(version) or 0}, MarketPatch(status=status))
        return respond.redirect(request, back, toast=f"{found.value.display_name} is now {words(status).lower()}.")
    question = {
        "title": f"{found.value.display_name}: from {words(found.value.status).lower()} to {words(status).lower()}?",
        "detail": MEANS[status],
        "button": VERBS[status],
        "action": request.path,
        "hidden": [("version", str(found.version))],
        "back": back,
        "is_danger": status in ("Halted", "Disabled"),
        "crumbs": [("Markets", reverse("portal:markets-list")), (found.value.display_name, back), (words(status), "")],
    }
    return respond.page(request, "components/confirm.html", "question", question)


def _creation(request: DeskRequest, form: Form, market_type: str, *, status: int = 200) -> HttpResponse:
    tabs = [Tab(NAMES[one], f"?type={one}", one == market_type) for one in TYPES]
    crumbs = [("Markets", reverse("portal:markets-list")), ("New market", "")]
    context = {"form": form, "tabs": tabs, "crumbs": crumbs, "back": reverse("portal:markets-list"), "button": "Create market"}
    return respond.page(request, "portal/markets/create.html", "", context, status=status)


def _edition(request: DeskRequest, context: dict[str, Any], form: Form, *, status: int = 200) -> HttpResponse:
    back = reverse("portal:markets-show", args=[context["market"].market_id])
    return respond.page(request, "portal/markets/edit.html", "", {**context, "form": form, "back": back, "button": "Save"}, status=status)


def _merge(request: DeskRequest, market_id: str, mine: Form) -> HttpResponse:
    fresh = back_api().markets.get(request.actor, market_id)
    newest = desk().audit.timeline(request.actor, "market", market_id, limit=1, is_change=True)
    context = frame(request.actor, fresh.value, "Edit", newest[0].id if newest else 0)
    merge = Merge.of(mine, form_of(request.actor, fresh.value, fresh.version))
    context |= {"merge": merge, "record": newest[0] if newest else None, "back": reverse("portal:markets-edit", args=[market_id])}
    return respond.page(request, "portal/markets/merge.html", "", context, status=412)
