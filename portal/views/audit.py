"""The audit trail: every change of anything, by whom, through what, before and after."""

from collections.abc import Sequence
from typing import get_args

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import AuditRecord, Taken
from backoffice.contracts.paging import Page
from backoffice.guard import RULES, Reads, permitted
from backoffice.services import desk
from portal.asked import number_of
from portal.listing import Column, Empty, Filter, Listing, Period, State, Text, answer
from portal.session import DeskRequest
from portal.templatetags.desk import act_words, differences, door_words, subject, words
from portal.wording import DOORS

TYPES = (
    "asset", "market", "market_group", "calendar", "liquidity_session", "category_tree", "market_file", "mapping_preset", "operator", "role",
    "api_client", "saved_view", "sign_in", "user", "account", "account_group", "transfer", "callback", "callback_host", "callback_settings", "books",
    "rates", "rule_file", "list", "commission_profile", "commission_rule", "commission_assignment", "change_set", "report", "report_template",
)  # fmt: skip
# Of reading, what is on record all the same.
READS = (*get_args(Taken), "charts.file", "market_files.download", "rule_files.download")
ACTIONS: Sequence[str] = sorted({*READS, *(action for action, rule in RULES.items() if not isinstance(rule, Reads))})
PAGES = {
    "asset": "assets-show", "market": "markets-show", "market_group": "groups-show", "calendar": "calendars-show",
    "liquidity_session": "liquidity-show", "market_file": "files-show", "operator": "operators-show", "role": "roles-show",
    "api_client": "api-clients-show", "user": "clients-show", "account": "accounts-show", "account_group": "account-groups-show",
    "transfer": "transfers-show", "callback": "callbacks-show",
    "rule_file": "commissions-files-show", "commission_profile": "commissions-show", "change_set": "commissions-change",
    "report": "reports-show", "report_template": "report-templates-show",
}  # fmt: skip
# One more than a page is asked for, and the trail gives up to 200 at once.
MOST = 199
AT = Period(key="at", label="When")


def _find(actor: Actor, state: State) -> Page[AuditRecord]:
    start, end = AT.ends(state)
    size = min(state.size, MOST)
    records = desk().audit.find(
        actor,
        object_type=state.one("type") or None,
        object_id=state.one("object") or None,
        actor_name=state.one("actor") or None,
        action=state.one("action") or None,
        door=state.one("door") or None,
        trace_id=state.one("request") or None,
        reason=state.one("reason") or None,
        start=start,
        end=end,
        before=number_of(state.after or ""),
        limit=size + 1,
    )
    shown = records[:size]
    return Page(items=shown, next=str(shown[-1].id) if len(records) > size else None)


def _people(actor: Actor) -> list[tuple[str, str]]:
    """Who may be meant, for whoever may know them."""
    operators = [one.name for one in desk().operators.find(actor)] if permitted(actor, "operators.find") else []
    programs = [one.name for one in desk().api_clients.find(actor)] if permitted(actor, "api_clients.find") else []
    return [(name, name) for name in dict.fromkeys([*operators, *programs])]


def _objects(record: AuditRecord) -> list[str]:
    return [f"{words(change.object_type)} {subject(change) or change.object_id}" for change in record.changes]


def _fields(record: AuditRecord) -> list[str]:
    return [f"{words(name)}: {before or 'empty'} -> {after or 'empty'}" for change in record.changes for name, before, after in differences(change)]


TRAIL: Listing[AuditRecord] = Listing(
    section="audit",
    title="Audit trail",
    noun="record",
    nouns="records",
    find=_find,
    key=lambda record: str(record.id),
    href=lambda _: "",
    body="portal/settings/records.html",
    empty=Empty(icon="history", text="Every change that anybody makes is recorded here, with what stood there before."),
    filters=(
        AT,
        Text(key="actor", label="Who", is_whole=True, hint="Full name", choices=_people),
        Filter(key="action", label="Did what", choices=[(action, act_words(action).capitalize()) for action in ACTIONS], is_single=True),
        Filter(key="type", label="To what", choices=[(kind, words(kind)) for kind in TYPES], is_single=True),
        Text(key="object", label="Object id", is_whole=True, hint="As cfd.eur_usd"),
        Filter(key="door", label="Through", choices=[(door, told.capitalize()) for door, told in DOORS.items()], is_single=True),
        Text(key="reason", label="Why", hint="Words of the reason"),
        Text(key="request", label="Request id", is_whole=True, hint="As X-Request-ID tells it"),
    ),
    columns=(
        Column(key="id", label="Record"),
        Column(key="number", label="Chain number"),
        Column(key="at", label="When"),
        Column(key="actor_name", label="Who"),
        Column(key="actor_kind", label="Kind"),
        Column(key="action", label="Action"),
        Column(key="words", label="Did what", plain=lambda record: act_words(record.action)),
        Column(key="objects", label="To what", plain=_objects),
        Column(key="change_count", label="Objects"),
        Column(key="fields", label="Changes", plain=_fields),
        Column(key="reason", label="Why"),
        Column(key="door", label="Through", plain=lambda record: door_words(record.door)),
        Column(key="trace_id", label="Request id"),
    ),
)


@require_safe
def list_records(request: DeskRequest) -> HttpResponse:
    return answer(request, TRAIL, pages={kind: prefix for kind in TYPES if (prefix := prefix_of(kind))})


def prefix_of(kind: str) -> str:
    """Where objects of that type have their page; its id follows."""
    try:
        return reverse(f"portal:{PAGES[kind]}", args=["_"]).removesuffix("_/") if kind in PAGES else ""
    except NoReverseMatch:
        return ""
