"""Home: what needs a person now, the catalogue in figures, what happened lately."""

from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import AuditRecord
from backoffice.contracts.markets import MarketQuery
from backoffice.services import back_api, desk
from portal import respond
from portal.session import DeskRequest
from portal.tour import steps_of
from portal.views import inbox
from portal.views.home_trading import trading_today

LATELY, LOOKED_AT = 8, 50


class Figure(NamedTuple):
    label: str
    value: int
    detail: str
    href: str


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    actor = request.actor
    is_viewer = actor.may("view-common")
    context = {
        "crumbs": [("Home", "")],
        "since": desk().audit.latest(actor),
        **inbox.shown(request),
        "broken_glass": desk().approvals.broken_glass(actor),
        "steps": (steps := steps_of(request, actor)),
        "steps_done": sum(step.is_done for step in steps),
        "figures": _figures(actor) if is_viewer else [],
        "records": _lately(actor) if actor.may("view-audit") else [],
        **trading_today(request),
    }
    return respond.page(request, "portal/home/show.html", "", context)


def _lately(actor: Actor) -> list[AuditRecord]:
    """What was done to the desk's objects; comings and goings are for the audit trail."""
    found = desk().audit.find(actor, limit=LOOKED_AT)
    return [record for record in found if not record.action.startswith(("identity.", "own."))][:LATELY]


def _figures(actor: Actor) -> list[Figure]:
    api, markets = back_api(), reverse("portal:markets-list")
    everything = api.markets.find(actor, MarketQuery(limit=1)).total
    live = api.markets.find(actor, MarketQuery(limit=1, statuses=["Open"])).total
    resting = api.markets.find(actor, MarketQuery(limit=1, statuses=["Paused", "Halted"])).total
    assets = api.assets.find(actor)
    sessions = api.liquidity_sessions.find(actor)
    connected = sum(session.status == "Connected" for session in sessions)
    return [
        Figure("Markets", everything, f"{live} open", markets),
        Figure("Paused or halted", resting, "not tradable now", markets + "?status=Paused&status=Halted"),
        Figure("Assets", len(assets), f"{sum(asset.source == 'Internal' for asset in assets)} internal", reverse("portal:assets-list")),
        Figure("Liquidity sessions", connected, f"of {len(sessions)} connected", reverse("portal:liquidity-list")),
    ]
