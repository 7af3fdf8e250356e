"""Home: what needs a person now, the catalogue in figures, what happened lately."""

from datetime import timedelta
from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import AuditRecord
from backoffice.contracts.market_files import MarketFile
from backoffice.contracts.markets import MarketQuery
from backoffice.services import back_api, desk
from portal import respond
from portal.session import DeskRequest
from portal.tour import steps_of
from portal.views.file_page import foreign_sample
from portal.views.home_commissions import needs_of_commissions
from portal.views.home_money import Need, needs_of_money
from portal.views.home_reports import needs_of_reports
from portal.views.home_trading import trading_today

LATELY, LOOKED_AT = 8, 50
FAILURE_COUNTS = timedelta(days=7)


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
        "steps": (steps := steps_of(request, actor)),
        "steps_done": sum(step.is_done for step in steps),
        "needs": [
            *needs_of_money(actor),
            *needs_of_commissions(actor),
            *needs_of_reports(actor),
            *_files(actor),
            *(_catalogue(actor) if is_viewer else []),
        ],
        "figures": _figures(actor) if is_viewer else [],
        "records": _lately(actor) if actor.may("view-audit") else [],
        **trading_today(request),
    }
    return respond.page(request, "portal/home/show.html", "", context)


def _lately(actor: Actor) -> list[AuditRecord]:
    """What was done to the desk's objects; comings and goings are for the audit trail."""
    found = desk().audit.find(actor, limit=LOOKED_AT)
    return [record for record in found if not record.action.startswith(("identity.", "own."))][:LATELY]


def _files(actor: Actor) -> list[Need]:
    if not actor.may("manage-markets"):
        return []
    found = back_api().market_files.find(actor, limit=20).items
    return [need for file in found if (need := _need_of(actor, file))]


def _need_of(actor: Actor, file: MarketFile) -> Need | None:
    href = reverse("portal:files-show", args=[file.id])
    if file.stage == "Previewed" and file.created + file.updated + file.errors:
        why = f"{file.created} to create, {file.updated} to update, {file.errors} with faults · by {file.requested_by}"
        return Need("file-clock", "wait", f"{file.name} waits to be applied", why, href, "Review")
    if file.stage == "Failed" and timezone.now() - file.updated_at < FAILURE_COUNTS:
        if foreign_sample(actor, file):
            return Need("waypoints", "wait", f"{file.name} needs a mapping", f"Its columns are not ours · by {file.requested_by}", href, "Map")
        return Need("file-x", "bad", f"{file.name} failed", file.stage_reason or "Its page says why.", href, "Look")
    return None


def _catalogue(actor: Actor) -> list[Need]:
    needs = []
    stranded = back_api().markets.find(actor, MarketQuery(has_calendar=False, limit=1))
    if stranded.total:
        names = f"{stranded.items[0].display_name} and {stranded.total - 1} more" if stranded.total > 1 else stranded.items[0].display_name
        what = f"{stranded.total} {'market has' if stranded.total == 1 else 'markets have'} no calendar"
        needs.append(
            Need(
                "calendar-x",
                "wait",
                what,
                f"{names}: disabled until one is assigned.",
                reverse("portal:markets-list") + "?has_calendar=false",
                "Assign",
            )
        )
    for session in back_api().liquidity_sessions.find(actor):
        if session.status != "Connected":
            tone = "bad" if session.status == "Disconnected" else "wait"
            what = f"{session.name} is {session.status.lower()}"
            why = f"{'Orders' if session.kind == 'Trading' else 'Quotes'} of {session.liquidity_provider_id} do not flow."
            needs.append(Need("unplug", tone, what, why, reverse("portal:liquidity-show", args=[session.id]), "Look"))
    return needs


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
