"""The audit trail: every change of anything, by whom, through what, before and after."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.guard import RULES, Reads, permitted
from backoffice.services import desk
from portal import respond
from portal.asked import number_of
from portal.session import DeskRequest
from portal.templatetags.desk import words

PAGE_SIZE, LONGEST = 50, 100
FILTERS = ("actor", "action", "type", "object")
TYPES = (
    "asset", "market", "market_group", "calendar", "liquidity_session", "category_tree", "market_file", "mapping_preset", "operator", "role",
    "api_client", "saved_view", "sign_in", "user", "account", "account_group", "transfer", "callback", "callback_host", "callback_settings", "books",
    "rates", "rule_file",
)  # fmt: skip
ACTIONS: Sequence[str] = sorted(action for action, rule in RULES.items() if not isinstance(rule, Reads))
PAGES = {
    "asset": "assets-show", "market": "markets-show", "market_group": "groups-show", "calendar": "calendars-show",
    "liquidity_session": "liquidity-show", "market_file": "files-show", "operator": "operators-show", "role": "roles-show",
    "api_client": "api-clients-show", "user": "clients-show", "account": "accounts-show", "account_group": "account-groups-show",
    "transfer": "transfers-show", "callback": "callbacks-show",
    "rule_file": "commissions-files-show",
}  # fmt: skip


@require_safe
def list_records(request: DeskRequest) -> HttpResponse:
    sought: dict[str, str] = {name: request.GET.get(name, "").strip()[:LONGEST] for name in FILTERS}
    before = number_of(request.GET.get("before", ""))
    records = desk().audit.find(
        request.actor,
        object_type=sought["type"] or None,
        object_id=sought["object"] or None,
        actor_name=sought["actor"] or None,
        action=sought["action"] or None,
        before=before,
        limit=PAGE_SIZE + 1,
    )
    shown = records[:PAGE_SIZE]
    kept: dict[str, str | int] = {name: value for name, value in sought.items() if value}
    context: dict[str, Any] = {
        "records": shown,
        "pages": {kind: prefix for kind in TYPES if (prefix := _prefix(kind))},
        "sought": sought,
        "actors": [one.name for one in desk().operators.find(request.actor)] if permitted(request.actor, "operators.find") else [],
        "is_narrowed": bool(kept),
        "actions": [(action, action) for action in ACTIONS],
        "types": [(kind, words(kind)) for kind in TYPES],
        "next": urlencode({**kept, "before": shown[-1].id}) if len(records) > PAGE_SIZE else "",
        "first": urlencode(kept) if before else "",
        "is_later": bool(before),
        "crumbs": [("Audit trail", "")],
    }
    return respond.page(request, "portal/settings/audit.html", "region", context)


def _prefix(kind: str) -> str:
    """Where objects of that type have their page; its id follows."""
    try:
        return reverse(f"portal:{PAGES[kind]}", args=["_"]).removesuffix("_/") if kind in PAGES else ""
    except NoReverseMatch:
        return ""
