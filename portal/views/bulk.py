"""One change for many markets: chosen, previewed market by market, then made for all of them or for none."""

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid, Stale
from backoffice.contracts.markets import MarketPatch
from backoffice.services import back_api
from portal import respond
from portal.asked import number_of
from portal.forms.form import Form
from portal.forms.market import LABELS, patch_fields, patch_of
from portal.listing import state_of
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.market_query import query_of
from portal.views.markets import MARKETS

MOST, LONGEST = 1_000, 4_000
VERSION = "version-"


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "markets.patch")
    sent = request.POST if request.method == "POST" else request.GET
    market_ids = _matching(request, sent["all"]) if "all" in sent else list(dict.fromkeys(sent.getlist("id")))[:MOST]
    if not market_ids:
        return respond.redirect(request, reverse("portal:markets-list"), toast="Select some markets first.", kind="info")
    form = Form.of_post(patch_fields(request.actor), request.POST)
    if request.method != "POST":
        return _page(request, market_ids, form)
    try:
        patch = patch_of(form, request.POST)
        return _apply(request, market_ids, form, patch) if request.POST.get("step") == "apply" else _preview(request, market_ids, form, patch)
    except Invalid as refusal:
        return _page(request, market_ids, form.refused(refusal), status=400)


def _matching(request: DeskRequest, query: str) -> list[str]:
    """Every market of a list's view, not only of the page that was shown."""
    state = state_of(request, QueryDict(query[:LONGEST]), MARKETS)
    return [market.market_id for market in back_api().markets.find(request.actor, query_of(state, limit=MOST)).items]


def _preview(request: DeskRequest, market_ids: list[str], form: Form, patch: MarketPatch, *, is_stale: bool = False) -> HttpResponse:
    if not request.POST.getlist("set"):
        raise Invalid("Tick at least one field to change.")
    previews = back_api().markets.preview(request.actor, market_ids, patch)
    broken = [one for one in previews if one.errors]
    changing = [one for one in previews if one.changes and not one.errors]
    context = {"broken": broken, "changing": changing, "same": len(previews) - len(broken) - len(changing), "is_stale": is_stale}
    return _page(request, market_ids, form, status=412 if is_stale else 200, previewed=True, **context)


def _apply(request: DeskRequest, market_ids: list[str], form: Form, patch: MarketPatch) -> HttpResponse:
    sent = request.POST
    versions = {name.removeprefix(VERSION): number_of(sent[name]) or 0 for name in sent if name.startswith(VERSION)}
    try:
        count = back_api().markets.patch(request.actor, versions, patch)
    except Stale:
        return _preview(request, market_ids, form, patch, is_stale=True)
    return respond.redirect(request, _back(request), toast=f"{count} {'market is' if count == 1 else 'markets are'} changed.")


def _back(request: DeskRequest) -> str:
    """The list as it was when the markets were chosen."""
    sent = request.POST if request.method == "POST" else request.GET
    query = QueryDict(sent.get("back", "")[:LONGEST]).urlencode()
    return reverse("portal:markets-list") + (f"?{query}" if query else "")


def _page(request: DeskRequest, market_ids: list[str], form: Form, *, status: int = 200, **more: object) -> HttpResponse:
    back = _back(request)
    crumbs = [("Markets", back), (f"Edit {len(market_ids)}", "")]
    query = request.POST.get("back", request.GET.get("back", ""))
    context = {
        "ids": market_ids,
        "form": form,
        "set": request.POST.getlist("set"),
        "labels": LABELS,
        "crumbs": crumbs,
        "back": back,
        "query": query,
        **more,
    }
    return respond.page(request, "portal/markets/bulk.html", "", context, status=status)
