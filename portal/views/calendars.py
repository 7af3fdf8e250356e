"""Trading calendars: the list, and one calendar as a week of hours with the answers "open now?" and "open then?"."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.calendars import Calendar, CalendarStatus
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.paging import Page
from backoffice.services import back_api, desk
from portal import catalog, respond, week
from portal.forms import hours
from portal.forms.calendars import zones
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer, page_of
from portal.objects import act
from portal.session import DeskRequest

CELLS = "portal/calendars/cells.html#"
CREATE = Action(label="New calendar", icon="plus", url_name="portal:calendars-create", operation="manage-markets", is_primary=True)
KIND = catalog.Kind(
    section="calendars",
    title="Calendars",
    noun="calendar",
    object_type="calendar",
    capability="calendars",
    labels={"timeZoneId": "Time zone"},
)
PARTS = ("week", "status", "answer")
# A browser tells its zone by this cookie (static/js/calendars.js) or by the form that stands in for it.
ZONE_COOKIE = "desk_zone"
NOW = "Now"


class CalendarRow(NamedTuple):
    calendar: Calendar
    is_open: bool
    next_change_at: datetime | None


class Shown(NamedTuple):
    """One of the three zones a week can be read in; `zone` is empty while the browser's is unknown."""

    key: str
    label: str
    zone: str
    query: str
    is_current: bool


def _find(actor: Actor, state: State) -> Page[CalendarRow]:
    now = timezone.now()
    return page_of(
        [CalendarRow(calendar, *week.status(calendar, now)) for calendar in back_api().calendars.find(actor)],
        state,
        search=lambda row: (row.calendar.name, row.calendar.calendar_id, row.calendar.time_zone_id),
        filters={"open": lambda row: "true" if row.is_open else "false"},
        sorts={
            "name": lambda row: row.calendar.name.lower(),
            "id": lambda row: row.calendar.calendar_id,
            "zone": lambda row: row.calendar.time_zone_id,
            "markets": lambda row: row.calendar.market_count,
            "next": lambda row: row.next_change_at or datetime.max.replace(tzinfo=UTC),
        },
    )


CALENDARS: Listing[CalendarRow] = Listing(
    section="calendars",
    title="Calendars",
    noun="calendar",
    nouns="calendars",
    object_type="calendar",
    search="Find by name or zone",
    default_sort="name",
    find=_find,
    key=lambda row: row.calendar.calendar_id,
    href=lambda row: reverse("portal:calendars-show", args=[row.calendar.calendar_id]),
    actions=(CREATE,),
    empty=Empty(icon="calendar-clock", text="A calendar says when a market may trade. Without one a market stays disabled.", action=CREATE),
    filters=(Filter(key="open", label="Open now", choices=(("true", "Yes"), ("false", "No")), is_single=True),),
    columns=(
        Column(key="name", attribute="calendar.name", label="Calendar", sort="name", cell=CELLS + "name"),
        Column(key="open", attribute="is_open", label=NOW, cell=CELLS + "open"),
        Column(key="next", attribute="next_change_at", label="Next change", sort="next", cell=CELLS + "next"),
        Column(key="zone", attribute="calendar.time_zone_id", label="Zone", sort="zone", cell=CELLS + "zone"),
        Column(key="markets", attribute="calendar.market_count", label="Markets", sort="markets", cell=CELLS + "markets", is_numeric=True),
        Column(key="id", attribute="calendar.calendar_id", label="Id", sort="id", cell=CELLS + "id"),
    ),
)


@require_safe
def list_calendars(request: DeskRequest) -> HttpResponse:
    return answer(request, CALENDARS)


@require_safe
def show(request: DeskRequest, calendar_id: str) -> HttpResponse:
    """The page, or the part of it that htmx wants: the week, the state now, the answer for another moment."""
    calendar, _, found = found_calendar(request, calendar_id, "Overview")
    now = timezone.now()
    part = request.htmx.target if request.htmx.target in PARTS else ""
    context = {**found, "calendar": calendar, **_now(request, calendar, now), **_week(request, calendar, now), **_asked(request, calendar)}
    if not part:
        dates = [(one, hours.written(one.time_intervals)) for one in calendar.session_overrides]
        today = now.astimezone(ZoneInfo(calendar.time_zone_id)).date()
        context |= catalog.using_markets(request, users(calendar_id))
        context |= {"coming": [one for one in dates if one[0].date >= today], "past": [one for one in dates if one[0].date < today], "zones": zones()}
    return respond.page(request, "portal/calendars/show.html", part, context)


@require_safe
def timeline(request: DeskRequest, calendar_id: str) -> HttpResponse:
    return catalog.timeline(request, KIND, found_calendar(request, calendar_id, "Timeline")[2])


def found_calendar(request: DeskRequest, calendar_id: str, tab: str) -> tuple[Calendar, int, catalog.Context]:
    """The calendar, its version and the frame of its pages."""
    since = desk().audit.latest(request.actor)
    found = back_api().calendars.get(request.actor, calendar_id)
    copy = f"{KIND.url('create')}?{urlencode({'like': calendar_id})}"
    acts = [act(request.actor, "calendars.create", "Duplicate", "copy", copy), *catalog.usual_acts(request, KIND, calendar_id)]
    frame = catalog.frame(request, KIND, calendar_id, found.value.name, tab, since=since, acts=acts)
    return found.value, found.version, {**frame, "all_markets": f"{reverse('portal:markets-list')}?{urlencode({'calendar': calendar_id})}"}


def users(calendar_id: str) -> MarketQuery:
    return MarketQuery(calendar_ids=[calendar_id], limit=catalog.NAMED)


def _now(request: DeskRequest, calendar: Calendar, now: datetime) -> dict[str, Any]:
    status = back_api().calendars.status(request.actor, calendar.calendar_id, at=now)
    return {"status": status, "local_now": _clock(status.local_time), "until": _until(now, status.next_change_at)}


def _week(request: DeskRequest, calendar: Calendar, now: datetime) -> dict[str, Any]:
    asked = request.GET
    mine = _zone(asked.get("mine", "")) or _zone(request.COOKIES.get(ZONE_COOKIE, "")) or ""
    key = asked.get("in", "calendar") if asked.get("in") in ("utc", "mine") else "calendar"
    shown_in = {"calendar": calendar.time_zone_id, "utc": "UTC", "mine": mine}[key] or "UTC"
    zone = ZoneInfo(shown_in)
    today = now.astimezone(zone).date()
    start = week.first_day(_date(asked.get("week", "")) or today)
    names = (("calendar", "Calendar", calendar.time_zone_id), ("utc", "UTC", "UTC"), ("mine", "Mine", mine))
    return {
        "rows": week.rows(calendar, start, shown_in=zone, now=now),
        "shown": [Shown(name, label, known, _query(name, start), name == key) for name, label, known in names],
        "is_zone_unknown": key == "mine" and not mine,
        "shown_in": shown_in,
        "first": start,
        "last": start + timedelta(6),
        "today": today,
        "before": _query(key, start - timedelta(7)),
        "after": _query(key, start + timedelta(7)),
        "this_week": "" if start == week.first_day(today) else _query(key, today),
    }


def _asked(request: DeskRequest, calendar: Calendar) -> dict[str, Any]:
    """The answer for the moment that the form names, or what is wrong with it."""
    at, zone_name = request.GET.get("at", "").strip(), request.GET.get("zone", calendar.time_zone_id).strip()
    if not at:
        return {"asked_zone": zone_name}
    asked: dict[str, Any] = {"asked_at": at[:19], "asked_zone": zone_name}
    zone = _zone(zone_name)
    try:
        local = datetime.fromisoformat(at)
    except ValueError:
        local = None
    if zone is None or local is None or not 1900 < local.year < 2200:
        wrong = f"{zone_name} is not an IANA time zone, like Europe/Berlin." if zone is None else "Write a date and a time, like 2026-12-24 13:30."
        return {**asked, "asked_error": wrong}
    moment = (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    status: CalendarStatus = back_api().calendars.status(request.actor, calendar.calendar_id, at=moment)
    return {**asked, "reply": status, "reply_local": _clock(status.local_time), "reply_until": _until(moment, status.next_change_at)}


def _clock(local_time: str) -> datetime:
    """What the clocks there show; without a zone, so that no template turns it into another one."""
    return datetime.fromisoformat(local_time).replace(tzinfo=None)


def _query(key: str, start: date) -> str:
    return urlencode({"in": key, "week": start.isoformat()})


def _zone(name: str) -> str | None:
    return name if name in zones() else None


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 2200 else None


def _until(start: datetime, end: datetime | None) -> str:
    """How long from one to the other: "2 d 4 h", "35 min"."""
    if end is None:
        return ""
    minutes = max(int((end - start).total_seconds() + 59) // 60, 0)
    days, rest = divmod(minutes, 24 * 60)
    parts = [(days, "d"), (rest // 60, "h"), (rest % 60, "min")]
    return " ".join(f"{number} {unit}" for number, unit in [part for part in parts if part[0]][:2]) or "a moment"
