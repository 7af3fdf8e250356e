"""One change for many markets."""

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import MarketPatch
from backoffice.services import back_api
from portal.forms.market import LABELS, patch_fields
from portal.listing import state_of
from portal.session import DeskRequest
from portal.views import bulk
from portal.views.bulk import LONGEST, MOST, Line, Many
from portal.views.market_query import query_of
from portal.views.markets import MARKETS


def _chosen(request: DeskRequest) -> list[str]:
    """With `all` every market of a list's view, not only of the page that was shown."""
    if "all" not in request.GET:
        return request.GET.getlist("id")
    state = state_of(request, QueryDict(request.GET["all"][:LONGEST]), MARKETS)
    return [market.market_id for market in back_api().markets.find(request.actor, query_of(state, limit=MOST)).items]


def _preview(actor: Actor, market_ids: list[str], patch: MarketPatch) -> list[Line]:
    found = back_api().markets.preview(actor, market_ids, patch)
    return [Line(one.market_id, one.display_name, one.version, one.changes, one.errors) for one in found]


def _apply(actor: Actor, versions: dict[str, int], patch: MarketPatch) -> str:
    count = back_api().markets.patch(actor, versions, patch)
    return f"{count} {'market is' if count == 1 else 'markets are'} changed."


MANY = Many(
    title="Markets",
    noun="market",
    nouns="markets",
    url_name="portal:markets-bulk",
    list_url="portal:markets-list",
    action="markets.patch",
    template="portal/bulk.html",
    labels=LABELS,
    shape=MarketPatch,
    fields=patch_fields,
    chosen=_chosen,
    preview=_preview,
    apply=_apply,
)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest) -> HttpResponse:
    return bulk.answer(request, MANY)
