"""What the palette finds: objects of every section by a piece of their name."""

from collections.abc import Iterable
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.markets import MarketQuery
from backoffice.services import back_api
from portal import respond
from portal.session import DeskRequest
from portal.templatetags.desk import words

MOST_OF_A_KIND, LONGEST_QUERY = 6, 60


class Hit(NamedTuple):
    label: str
    detail: str
    icon: str
    href: str


@require_safe
def search(request: DeskRequest) -> HttpResponse:
    sought = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    hits = list(_hits(request, sought)) if sought and request.actor.may("view-common") else []
    if respond.wants_fragment(request):
        return render(request, "components/palette_hits.html", {"hits": hits})
    return render(request, "portal/home/search.html", {"hits": hits, "sought": sought, "crumbs": [("Search", "")]})


def _hits(request: DeskRequest, sought: str) -> Iterable[Hit]:
    api, actor = back_api(), request.actor
    for market in api.markets.find(actor, MarketQuery(search=sought, limit=MOST_OF_A_KIND)).items:
        yield Hit(
            market.display_name,
            f"{words(market.type)} market · {market.market_id}",
            "chart-candlestick",
            reverse("portal:markets-show", args=[market.market_id]),
        )
    yield from _named(sought, "Asset", "coins", "portal:assets-show", ((asset.id, asset.name) for asset in api.assets.find(actor)))
    yield from _named(
        sought, "Group", "boxes", "portal:groups-show", ((group.market_group_id, group.name) for group in api.market_groups.find(actor))
    )
    yield from _named(
        sought, "Calendar", "calendar-clock", "portal:calendars-show", ((one.calendar_id, one.name) for one in api.calendars.find(actor))
    )
    if actor.may("manage-markets"):
        yield from _named(sought, "File", "file-up", "portal:files-show", ((file.id, file.name) for file in api.market_files.find(actor).items))


def _named(sought: str, kind: str, icon: str, url_name: str, named: Iterable[tuple[str, str]]) -> list[Hit]:
    found = [(key, name) for key, name in named if sought.lower() in name.lower() or sought.lower() in key.lower()]
    return [Hit(name, f"{kind} · {key}", icon, reverse(url_name, args=[key])) for key, name in found[:MOST_OF_A_KIND]]
