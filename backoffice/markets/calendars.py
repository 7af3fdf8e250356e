"""The hosted Calendars."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from backoffice.contracts import timetable
from backoffice.contracts.actor import Actor
from backoffice.contracts.calendars import (
    Calendar,
    CalendarChange,
    CalendarStatus,
    NewCalendar,
    SessionOverride,
    TimeInterval,
    TradingSession,
)
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, slugs, versions
from backoffice.markets import in_use, models, rules

OVERRIDES_MOST = 2_000


def find(actor: Actor) -> list[Calendar]:  # noqa: ARG001  verbs are told who asks
    return [_calendar(row) for row in _whole().order_by("name")]


def get(actor: Actor, calendar_id: str) -> Versioned[Calendar]:  # noqa: ARG001  verbs are told who asks
    row = _whole().filter(pk=calendar_id).first()
    if row is None:
        raise NotFound(f"There is no calendar {calendar_id}.")
    return Versioned(value=_calendar(row), version=row.version)


def status(actor: Actor, calendar_id: str, *, at: datetime) -> CalendarStatus:
    calendar = get(actor, calendar_id).value
    return CalendarStatus(
        calendar_id=calendar_id,
        at=at,
        is_open=timetable.is_open(calendar, at),
        local_time=at.astimezone(ZoneInfo(calendar.time_zone_id)).isoformat(timespec="seconds"),
        next_change_at=timetable.next_change(calendar, at),
    )


def create(actor: Actor, draft: NewCalendar) -> Calendar:
    _refuse(draft, but=None)
    row = models.Calendar(
        id=slugs.new_id(models.Calendar, draft.calendar_id, draft.name, field="calendarId"), name=draft.name, time_zone_id=draft.time_zone_id
    )
    row.save(force_insert=True)
    _store_sessions(row, draft)
    created = get(actor, row.pk).value
    audit.changed(actor, "calendar", row.pk, {}, _state(created))
    return created


def update(actor: Actor, calendar_id: str, change: CalendarChange, *, version: int | None = None) -> None:
    row = versions.lock(models.Calendar.objects.all(), calendar_id, version=version, name="calendar")
    _refuse(change, but=row.pk)
    before = _state(get(actor, calendar_id).value)
    row.name, row.time_zone_id = change.name, change.time_zone_id
    row.version += 1
    row.save(force_update=True)
    row.intervals.all().delete()
    row.overrides.all().delete()
    _store_sessions(row, change)
    audit.changed(actor, "calendar", calendar_id, before, _state(get(actor, calendar_id).value))


def delete(actor: Actor, calendar_id: str, *, version: int | None = None) -> None:
    row = versions.lock(models.Calendar.objects.all(), calendar_id, version=version, name="calendar")
    in_use.refuse(f"The calendar {row.name}", models.Market.objects.filter(calendar=row))
    before = _state(get(actor, calendar_id).value)
    row.delete()
    audit.changed(actor, "calendar", calendar_id, before, {})


def _whole() -> QuerySet[models.Calendar]:
    return models.Calendar.objects.annotate(market_count=Count("markets")).prefetch_related("intervals", "overrides")


def _calendar(row: models.Calendar) -> Calendar:
    of_day: dict[int, list[TimeInterval]] = {}
    of_override: dict[int, list[TimeInterval]] = {}
    for interval in sorted(row.intervals.all(), key=lambda found: found.start):
        shown = TimeInterval(start=timetable.as_time(interval.start), end=timetable.as_time(interval.end))
        if interval.override_id is None and interval.day_of_week is not None:
            of_day.setdefault(interval.day_of_week, []).append(shown)
        elif interval.override_id is not None:
            of_override.setdefault(interval.override_id, []).append(shown)
    return Calendar(
        calendar_id=row.pk,
        name=row.name,
        time_zone_id=row.time_zone_id,
        trading_sessions=[TradingSession(day_of_week=timetable.DAYS[day], time_intervals=of_day[day]) for day in sorted(of_day)],
        session_overrides=[
            SessionOverride(date=override.date, name=override.name, time_intervals=of_override.get(override.pk, []))
            for override in sorted(row.overrides.all(), key=lambda found: found.date)
        ],
        market_count=row.market_count,  # type: ignore[attr-defined]  # annotated by _whole
    )


def _store_sessions(row: models.Calendar, draft: NewCalendar | CalendarChange) -> None:
    overrides = models.CalendarOverride.objects.bulk_create(
        models.CalendarOverride(calendar=row, date=override.date, name=override.name) for override in draft.session_overrides
    )
    intervals = [
        models.CalendarInterval(calendar=row, day_of_week=timetable.DAYS.index(session.day_of_week), start=start, end=end)
        for session in draft.trading_sessions
        for start, end in map(timetable.seconds, session.time_intervals)
    ]
    for stored, override in zip(overrides, draft.session_overrides, strict=True):
        spans = map(timetable.seconds, override.time_intervals)
        intervals.extend(models.CalendarInterval(calendar=row, override=stored, start=start, end=end) for start, end in spans)
    models.CalendarInterval.objects.bulk_create(intervals)


def _state(calendar: Calendar) -> dict[str, str | None]:
    week = {f"week.{session.day_of_week}": _spoken(session.time_intervals) for session in calendar.trading_sessions}
    dates = {
        f"override.{found.date.isoformat()}": f"{found.name} {_spoken(found.time_intervals) or 'closed'}".strip()
        for found in calendar.session_overrides
    }
    return {"name": calendar.name, "timeZoneId": calendar.time_zone_id, **week, **dates}


def _spoken(intervals: Iterable[TimeInterval]) -> str:
    return ", ".join(f"{interval.start.isoformat()}-{interval.end.isoformat()}" for interval in intervals)


def _refuse(draft: NewCalendar | CalendarChange, *, but: str | None) -> None:
    found: rules.Faults = {}
    if reasons := slugs.name_fault(models.Calendar, draft.name, but=but):
        found["name"] = reasons
    if draft.time_zone_id not in timetable.zones():
        found["timeZoneId"] = [f"{draft.time_zone_id} is not an IANA time zone"]
    if len(draft.session_overrides) > OVERRIDES_MOST:
        found["sessionOverrides"] = [f"has more than {OVERRIDES_MOST} dates"]
    _check_days(draft, found)
    if found:
        raise Invalid("The calendar is not valid.", fields=found)


def _check_days(draft: NewCalendar | CalendarChange, found: rules.Faults) -> None:
    week = [(session.day_of_week, session.time_intervals) for session in draft.trading_sessions]
    dates = [(override.date.isoformat(), override.time_intervals) for override in draft.session_overrides]
    for field, days in (("tradingSessions", week), ("sessionOverrides", dates)):
        names = [name for name, _ in days]
        for index, (name, intervals) in enumerate(days):
            if name in names[:index]:
                found.setdefault(f"{field}[{index}]", []).append(f"{name} is there twice")
            if reason := _interval_fault(intervals):
                found.setdefault(f"{field}[{index}].timeIntervals", []).append(f"{name}: {reason}")
    for index, override in enumerate(draft.session_overrides):
        if len(override.name) > 60 or not override.name.isprintable():
            found[f"sessionOverrides[{index}].name"] = ["must be up to 60 printable characters"]


def _interval_fault(intervals: list[TimeInterval]) -> str | None:
    if any(moment.tzinfo is not None or moment.microsecond for interval in intervals for moment in (interval.start, interval.end)):
        return "times are local, to the second, without a zone"
    spans = sorted(map(timetable.seconds, intervals))
    if any(start >= end for start, end in spans):
        return "an interval must end after it starts; split one that runs over midnight"
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        return "intervals overlap"
    return None
