"""What the palette finds: objects of every section by a piece of their name, and what may be done with them."""

import re
from collections.abc import Iterable
from contextlib import suppress

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import ChangeSetQuery
from backoffice.contracts.errors import NotFound
from backoffice.contracts.history import TransferQuery
from backoffice.contracts.report_templates import TemplateQuery
from backoffice.contracts.reports import ReportQuery
from backoffice.contracts.users import UserQuery
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.session import DeskRequest
from portal.templatetags.desk import words
from portal.verbs import Hit, markets_of, offered

MOST_OF_A_KIND, LONGEST_QUERY, LOOKED_AT = 6, 60, 50
SHORTEST_EXTERNAL_ID = 4
ULID = re.compile(r"[0-9A-Z]{26}")
ACCOUNT = re.compile(r"[0-9a-f]{24}")


@require_safe
def search(request: DeskRequest) -> HttpResponse:
    sought = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    # Whoever begins with a verb means that, not an object of such a name.
    hits = (offered(request.actor, sought) or list(_all(request, sought))) if sought else []
    if respond.wants_fragment(request):
        return render(request, "components/palette_hits.html", {"hits": hits})
    return render(request, "portal/home/search.html", {"hits": hits, "sought": sought, "crumbs": [("Search", "")]})


def _all(request: DeskRequest, sought: str) -> Iterable[Hit]:
    yield from _money(request, sought)
    yield from _orders(request.actor, sought.upper())
    if request.actor.may("view-common"):
        yield from _hits(request, sought)
    yield from _commissions(request, sought)
    yield from _reports(request.actor, sought)
    yield from _people(request.actor, sought)


def _money(request: DeskRequest, sought: str) -> Iterable[Hit]:
    """Clients by any part of them, accounts by whole id, transfers by id or the beginning of their external id."""
    api, actor = back_api(), request.actor
    if permitted(actor, "users.find"):
        users = api.users.find(actor, UserQuery(search=sought, limit=MOST_OF_A_KIND)).items
        for user in users:
            yield Hit(user.name or user.email, f"Client · {user.email}", "user-round", reverse("portal:clients-show", args=[user.user_id]))
        if ACCOUNT.fullmatch(sought):
            for account in api.accounts.of_users(actor, [user.user_id for user in users]):
                if account.account_id == sought:
                    yield Hit(account.account_name, f"Account · {sought}", "wallet", reverse("portal:accounts-show", args=[sought]))
    if len(sought) >= SHORTEST_EXTERNAL_ID and "@" not in sought and permitted(actor, "history.transfer_page"):
        for row in api.history.transfer_page(actor, TransferQuery(search=sought, limit=MOST_OF_A_KIND)).items:
            if sought == row.transfer_id or row.deduplication_id.startswith(sought):
                href = reverse("portal:transfers-show", args=[row.transfer_id])
                yield Hit(f"{row.type} {row.deduplication_id}", f"{words(row.status)} · {row.user_email}", "arrow-right-left", href)


def _orders(actor: Actor, sought: str) -> Iterable[Hit]:
    """By the whole id of an order or of one of its executions."""
    if not ULID.fullmatch(sought) or not permitted(actor, "orders.page"):
        return
    order_id = sought
    with suppress(NotFound):
        order_id = back_api().orders.of_execution(actor, sought)
    with suppress(NotFound):
        order = back_api().orders.page(actor, order_id).order
        detail = f"{words(order.order_status)} order · {order.user_email}"
        yield Hit(f"{order.side} {order.market_display_name}", detail, "list-ordered", reverse("portal:orders-show", args=[order.order_id]))


def _hits(request: DeskRequest, sought: str) -> Iterable[Hit]:
    api, actor = back_api(), request.actor
    for market in markets_of(actor, sought):
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
    accounts = ((one.account_group_id, one.name) for one in api.account_groups.find(actor))
    yield from _named(sought, "Account group", "layers", "portal:account-groups-show", accounts)
    sessions = ((one.id, one.name) for one in api.liquidity_sessions.find(actor))
    yield from _named(sought, "Liquidity session", "cable", "portal:liquidity-show", sessions)
    if actor.may("manage-markets"):
        yield from _named(sought, "File", "file-up", "portal:files-show", ((file.id, file.name) for file in api.market_files.find(actor).items))


def _commissions(request: DeskRequest, sought: str) -> Iterable[Hit]:
    api, actor = back_api(), request.actor
    if permitted(actor, "commission_profiles.find"):
        found = ((one.commission_profile_id, one.name) for one in api.commission_profiles.find(actor))
        yield from _named(sought, "Commission profile", "badge-percent", "portal:commissions-show", found)
        sets = api.commission_changes.find(actor, ChangeSetQuery(limit=LOOKED_AT)).items
        for one in [one for one in sets if sought.lower() in one.name.lower()][:MOST_OF_A_KIND]:
            yield Hit(one.name, f"Change set · {words(one.status)}", "file-pen-line", reverse("portal:commissions-change", args=[one.change_set_id]))


def _reports(actor: Actor, sought: str) -> Iterable[Hit]:
    if not permitted(actor, "reports.find"):
        return
    for template in back_api().report_templates.find(actor, TemplateQuery(search=sought, limit=MOST_OF_A_KIND)).items:
        of = template.template
        yield Hit(of.template_name, f"Report template · {of.source_name}", "file-clock", reverse("portal:report-templates-show", args=[of.id]))
    for state in back_api().reports.find(actor, ReportQuery(search=sought, limit=MOST_OF_A_KIND)).items:
        one = state.report
        yield Hit(
            one.report_name,
            f"{words(one.status_type)} report · {one.source_name}",
            "file-chart-column",
            reverse("portal:reports-show", args=[one.id]),
        )


def _people(actor: Actor, sought: str) -> Iterable[Hit]:
    """Who works here, and which programs; their ids are numbers that say nothing."""
    own = desk()
    if permitted(actor, "operators.find"):
        people = [one for one in own.operators.find(actor) if sought.lower() in f"{one.name} {one.username} {one.email}".lower()]
        for one in people[:MOST_OF_A_KIND]:
            yield Hit(one.name, f"Operator · {one.username}", "user-round-cog", reverse("portal:operators-show", args=[one.id]))
    if permitted(actor, "roles.find"):
        for role in [role for role in own.roles.find(actor) if sought.lower() in role.name.lower()][:MOST_OF_A_KIND]:
            yield Hit(role.name, "Role", "shield", reverse("portal:roles-show", args=[role.id]))
    if permitted(actor, "api_clients.find"):
        for client in [client for client in own.api_clients.find(actor) if sought.lower() in client.name.lower()][:MOST_OF_A_KIND]:
            yield Hit(client.name, "API client", "plug", reverse("portal:api-clients-show", args=[client.id]))


def _named(sought: str, kind: str, icon: str, url_name: str, named: Iterable[tuple[str, str]]) -> list[Hit]:
    found = [(key, name) for key, name in named if sought.lower() in name.lower() or sought.lower() in key.lower()]
    return [Hit(name, f"{kind} · {key}", icon, reverse(url_name, args=[key])) for key, name in found[:MOST_OF_A_KIND]]
