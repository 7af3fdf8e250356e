"""Template tags of every page: icons, moments, numbers, pills, cells; registered as builtins."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args
from urllib.parse import urlencode

import lucide
from django import template
from django.template import Context, Engine
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from backoffice import reasons
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import Approval
from backoffice.contracts.audit import WHOLE, AuditChange, AuditRecord
from backoffice.guard import permitted
from portal.listing.declared import Column
from portal.wording import DOORS, NOUNS, PAST, PHRASES, PILL_OF, SPELLED

register = template.Library()

BADGES = 8
UNNAMED = ("sign_in", "category_tree", "books", "rates")
BY_NAME, NAMES = (
    (
        "market_file",
        "mapping_preset",
        "saved_view",
        "operator",
        "role",
        "api_client",
        "change_set",
        "commission_rule",
        "commission_assignment",
        "rule_file",
        "report",
        "report_template",
    ),
    ("name", "username"),
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REGION = mark_safe('hx-target="#region" hx-swap="outerHTML" hx-push-url="true"')
REGION_FROM_TOP = mark_safe('hx-target="#region" hx-swap="outerHTML show:window:top" hx-push-url="true"')


@register.simple_tag
@cache
def icon(name: str, css: str = "i") -> SafeString:
    """An icon of the lucide set, inlined; decoration, so hidden from screen readers."""
    # Safe: the icon comes from the package by a literal name, and `css` is a literal of ours.
    return mark_safe(lucide._render_icon(name, 16, **{"class": css, "aria-hidden": "true"}).replace("\n", ""))  # noqa: S308  drawn by us


@register.simple_tag
def asks_reasons() -> bool:
    return reasons.are_asked_for()


@register.simple_tag
def time(at: datetime | None, empty: str = "—", zone: str = "") -> SafeString:
    """A moment in UTC that the page's clock switch shows in the reader's time, UTC or the market's `zone`; the exact instant on hover."""
    if at is None:
        return format_html('<span class="muted">{}</span>', empty)
    exact = at.astimezone(UTC)
    shown, title = exact.strftime("%Y-%m-%d %H:%M"), exact.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return format_html('<time datetime="{}" title="{}" data-zone="{}">{}</time>', title, title, zone, shown)


@register.filter
def plain(value: object) -> str:
    """A value as people read it: no exponents, no trailing zeros, yes and no; a dash for nothing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        text = format(value, "f")
        whole, _, places = text.partition(".")
        places = places.rstrip("0")
        return f"{_grouped(whole)}.{places}" if places else _grouped(whole)
    return _grouped(str(value)) if isinstance(value, int) else str(value)


def _grouped(whole: str) -> str:
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole)


@register.filter
def words(name: str) -> str:
    """A wire name or state in plain words: priceScale -> Price scale, InProcess -> In process, Cfd -> CFD."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.replace(".", " ").replace("_", " ")).lower().split()
    text = " ".join(SPELLED.get(part, part) for part in parts)
    return text[:1].upper() + text[1:]


def worded(literal: Any) -> list[tuple[str, str]]:
    """The values of a Literal as choices."""
    return [(value, words(value)) for value in get_args(literal)]


@register.filter
def pill(state: object) -> SafeString:
    """A state as a coloured pill; the word is always there, the colour only helps."""
    text = str(state)
    return format_html('<span class="pill {}">{}</span>', PILL_OF.get(text, ""), words(text))


@register.filter
def pill_class(state: str) -> str:
    """The colour of a state whose words are others."""
    return PILL_OF.get(state, "")


@register.filter
def grouped(text: str) -> str:
    """A number that is text already, with thousands separated."""
    whole, point, places = text.partition(".")
    return _grouped(whole) + point + places if text else "—"


@register.filter
def approved(approval: Approval) -> int:
    """How many have said yes so far."""
    return sum(one.verdict == "Approved" for one in approval.decisions)


@register.filter
def act_words(action: str) -> str:
    """The guard's word for an act as a person's: markets.update -> updated a market."""
    capability, _, verb = action.partition(".")
    return PHRASES.get(action) or f"{PAST.get(verb, verb.replace('_', ' '))} {NOUNS.get(capability, capability.replace('_', ' '))}".strip()


@register.filter
def as_of_link(record: AuditRecord) -> str:
    """The page of its object as it was behind that change; none of what only read, or of what cannot be told from its changes."""
    changed = [one for one in record.changes if one.object_type in WHOLE]
    if not changed or changed[0].read_rows is not None:
        return ""
    query = urlencode({"at": record.at.isoformat()})
    return f"{reverse('portal:audit-as-of', args=[changed[0].object_type, changed[0].object_id])}?{query}"


@register.filter
def file_of(record: AuditRecord) -> str:
    """The name of the file that brought a record's changes of other objects."""
    found = next((change for change in record.changes if change.object_type == "market_file"), None)
    return subject(found) if found and len(record.changes) > 1 else ""


@register.filter
def without_file(record: AuditRecord) -> list[AuditChange]:
    return [change for change in record.changes if change.object_type != "market_file"] if file_of(record) else record.changes


@register.filter
def subject(change: AuditChange) -> str:
    """The object of a change as people name it: by its id, or by its name where the id is only a number; empty when neither says anything."""
    if change.object_type in UNNAMED:
        return ""
    name = next((found for key in NAMES for found in (change.after.get(key), change.before.get(key)) if found), "")
    return name or ("" if UUID.fullmatch(change.object_id) else change.object_id) if change.object_type in BY_NAME else change.object_id


@register.filter
def door_words(door: str) -> str:
    return DOORS.get(door, door)


@register.filter
def differences(change: AuditChange) -> list[tuple[str, str | None, str | None]]:
    names = dict.fromkeys([*change.after, *change.before])
    return [(name, change.before.get(name), change.after.get(name)) for name in names]


@register.filter
def badge(asset_id: str) -> SafeString:
    """An asset's round badge; its colour class follows from the name, so it never changes."""
    return format_html('<i class="badge b{}" aria-hidden="true">{}</i>', sum(asset_id.encode()) % BADGES, asset_id[:1].upper())


@register.filter
def initials(name: str) -> str:
    return "".join(part[0] for part in name.split()[:2]).upper()


@register.filter
def may(actor: Actor | None, operation: str) -> bool:
    return isinstance(actor, Actor) and actor.may(operation)


@register.filter
def may_do(actor: Actor | None, action: str) -> bool:
    """By the guard's own word, as "markets.update"."""
    return isinstance(actor, Actor) and permitted(actor, action)


@register.filter
def labelled(name: str, labels: Mapping[str, str] | None) -> str:
    """A wire name by the label of its input, else in plain words."""
    return (labels or {}).get(name) or words(name)


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def cell(context: Context, column: Column, row: object) -> str:
    """One cell of a list: the column's own partial, which gets `row` and the `value` that goes into files, or that value as text."""
    if not column.cell:
        return str(conditional_escape(plain(column.value(row))))
    with context.push(row=row, value=column.value(row)):
        return str(Engine.get_default().get_template(column.cell).render(context))


@register.simple_tag
def swap(path: str, query: str) -> SafeString:
    """Link attributes of a list: a plain href, and for htmx the region alone."""
    return format_html('href="{}?{}" hx-get="{}?{}" {}', path, query, path, query, REGION)


@register.simple_tag
def turn(path: str, query: str) -> SafeString:
    """The same for another page of rows, which is read from its top."""
    return format_html('href="{}?{}" hx-get="{}?{}" {}', path, query, path, query, REGION_FROM_TOP)


@register.simple_tag
def swap_form(path: str) -> SafeString:
    return format_html('hx-get="{}" {}', path, REGION)
