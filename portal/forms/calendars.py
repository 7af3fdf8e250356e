"""A calendar as a form: a text of hours for each week day, a row for each date that differs."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from django.http import QueryDict

from backoffice.contracts.calendars import Calendar, CalendarChange, NewCalendar, SessionOverride, TimeInterval, TradingSession
from backoffice.contracts.errors import Invalid
from backoffice.contracts.timetable import DAYS
from portal.asked import number_of
from portal.forms import hours
from portal.forms.form import BASE, LOOK_AGAIN, Field, Form
from portal.forms.merge import Merge

WEEK, DATE = "week.", "date."
SPARE_ROWS, LONGEST = 3, 400
HINT = "Like 09:30-12:00, 13:00-16:00. Empty means closed; 24:00 is the end of the day."
ID = Field(name="calendarId", label="Id", hint="Lower-case letters, digits and hyphens; made from the name when empty. It stays.")
NAME = Field(name="name", label="Name", is_required=True, hint="Unique, up to 50 characters")
ZONE = Field(name="timeZoneId", label="Time zone", is_required=True, hint="An IANA zone; all hours below are local there")
SENT = re.compile(r"(tradingSessions|sessionOverrides)\[(\d+)\]")


class Row(NamedTuple):
    """One date that differs, as typed."""

    date: str
    name: str
    hours: str
    errors: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.date or self.name or self.hours)


class Day(NamedTuple):
    name: str
    field: str
    value: str
    errors: list[str]


@dataclass(frozen=True, kw_only=True)
class CalendarForm:
    """`texts` and `base` are by field name: name, timeZoneId, week.Monday and so on, date.2026-12-25 with "hours | name"."""

    texts: Mapping[str, str]
    rows: list[Row]
    base: Mapping[str, str]
    version: int | None
    errors: Mapping[str, list[str]]
    general: str = ""
    is_overnight: bool = False

    @classmethod
    def of(cls, calendar: Calendar, version: int | None) -> "CalendarForm":
        texts = texts_of(calendar)
        rows = [Row(one.date.isoformat(), one.name, hours.written(one.time_intervals) or "closed") for one in calendar.session_overrides]
        return cls(texts=texts, rows=rows, base=texts, version=version, errors={})

    @classmethod
    def empty(cls) -> "CalendarForm":
        return cls(texts={ZONE.name: "UTC"}, rows=[], base={}, version=None, errors={})

    @classmethod
    def of_post(cls, post: QueryDict) -> "CalendarForm":
        """Rows come numbered from the form, or as date fields from the page that merges a lost race."""
        texts = {name: post.get(name, "").strip() for name in (ID.name, NAME.name, ZONE.name)}
        texts |= {WEEK + day: _tidy(post.get(WEEK + day, "")) for day in DAYS}
        numbers = [key.removeprefix("date-") for key in post if key.startswith("date-")][:LONGEST]
        rows = [
            Row(*(post.get(f"{part}-{number}", "").strip() for part in ("date", "name", "hours")))
            for number in numbers
            if not post.get(f"remove-{number}")
        ]
        rows += [_row(key.removeprefix(DATE), str(value)) for key, value in post.items() if key.startswith(DATE) and value]
        rows = [row for row in rows if not row.is_empty]
        dates = {DATE + row.date: f"{_tidy(row.hours) or 'closed'} | {row.name}" for row in rows}
        base = {key.removeprefix(BASE): str(value) for key, value in post.items() if key.startswith(BASE)}
        version = post.get("version", "")
        known = number_of(version)
        return cls(texts=texts | dates, rows=rows, base=base, version=known, errors={})

    @property
    def week(self) -> list[Day]:
        return [Day(day, WEEK + day, self.texts.get(WEEK + day, ""), self.errors.get(WEEK + day, [])) for day in DAYS]

    @property
    def numbered(self) -> list[tuple[int, Row]]:
        """The rows and some spare ones to type into."""
        return list(enumerate([*self.rows, *[Row("", "", "")] * SPARE_ROWS]))

    @property
    def name(self) -> str:
        return self.texts.get(NAME.name, "")

    @property
    def zone(self) -> str:
        return self.texts.get(ZONE.name, "")

    @property
    def calendar_id(self) -> str:
        return self.texts.get(ID.name, "")

    def change(self) -> CalendarChange:
        """Refuses: Invalid."""
        return CalendarChange(**self._read())

    def draft(self) -> NewCalendar:
        """Refuses: Invalid."""
        return NewCalendar(calendar_id=self.calendar_id or None, **self._read())

    def split(self) -> "CalendarForm":
        """Ranges over midnight, cut in two."""
        cut = hours.split([self.texts.get(WEEK + day, "") for day in DAYS])
        return replace(self, texts={**self.texts, **{WEEK + day: text for day, text in zip(DAYS, cut, strict=True)}})

    def refused(self, error: Invalid) -> "CalendarForm":
        """The refusal next to its inputs. The service names a session by its place in what was sent; here it gets its day's or row's name."""
        errors: dict[str, list[str]] = {}
        for name, reasons in error.fields.items():
            errors.setdefault(self._placed(name), []).extend(reasons)
        rows = [row._replace(errors=errors.get(f"row-{number}", [])) for number, row in enumerate(self.rows)]
        known = {ID.name, NAME.name, ZONE.name, *(WEEK + day for day in DAYS), *(f"row-{number}" for number in range(len(rows)))}
        rest = [reason for name, reasons in errors.items() if name not in known for reason in reasons]
        return replace(self, errors=errors, rows=rows, general=" ".join([error.detail, *rest]), is_overnight=error.code == "overnight")

    def merge(self, theirs: "CalendarForm") -> Merge:
        """Both sides field by field: a week day and a date are one field each."""
        dates = sorted({name for texts in (self.texts, theirs.texts, self.base) for name in texts if name.startswith(DATE)})
        week = [Field(name=WEEK + day, label=day) for day in DAYS]
        fields = [NAME, ZONE, *week, *(Field(name=name, label=name.removeprefix(DATE)) for name in dates)]
        mine, other = (
            Form(fields=fields, values={one.name: form.texts.get(one.name, "") for one in fields}, base=self.base, version=form.version)
            for form in (self, theirs)
        )
        return Merge.of(mine, other)

    def _placed(self, name: str) -> str:
        found = SENT.match(name)
        if found is None:
            return name
        number = int(found[2])
        days = [day for day in DAYS if self.texts.get(WEEK + day)]
        if found[1] == "sessionOverrides":
            return f"row-{number}"
        return WEEK + days[number] if number < len(days) else name

    def _read(self) -> dict[str, Any]:
        errors: dict[str, list[str]] = {}
        overnight: list[str] = []
        week = [self._day(day, DAYS[(number + 1) % 7], errors, overnight) for number, day in enumerate(DAYS)]
        overrides = [_override(row, f"row-{number}", errors) for number, row in enumerate(self.rows)]
        for field in (NAME, ZONE):
            if not self.texts.get(field.name):
                errors[field.name] = ["This is needed."]
        if errors:
            raise Invalid(LOOK_AGAIN, code="overnight" if overnight else "", fields=errors)
        return {
            "name": self.name,
            "time_zone_id": self.zone,
            "trading_sessions": [one for one in week if one and one.time_intervals],
            "session_overrides": [one for one in overrides if one],
        }

    def _day(self, day: Any, after: str, errors: dict[str, list[str]], overnight: list[str]) -> TradingSession | None:
        text = self.texts.get(WEEK + day, "")
        found = _tried(lambda: hours.read(text, next_day=after), WEEK + day, errors, overnight)
        return None if found is None else TradingSession(day_of_week=day, time_intervals=found)


def texts_of(calendar: Calendar) -> dict[str, str]:
    week = dict.fromkeys((WEEK + day for day in DAYS), "") | {
        WEEK + one.day_of_week: hours.written(one.time_intervals) for one in calendar.trading_sessions
    }
    dates = {DATE + one.date.isoformat(): f"{hours.written(one.time_intervals) or 'closed'} | {one.name}" for one in calendar.session_overrides}
    return {NAME.name: calendar.name, ZONE.name: calendar.time_zone_id, **week, **dates}


@cache
def zones() -> list[str]:
    return sorted(available_timezones())


def _tidy(text: str) -> str:
    """Hours in our own spelling, so that only a change of meaning counts as a change; what cannot be read stays as it was typed."""
    try:
        return hours.written(hours.read(text))
    except ValueError:
        return text.strip()


def _row(day: str, text: str) -> Row:
    spoken, _, name = text.partition("|")
    return Row(day, name.strip(), spoken.strip())


def _override(row: Row, field: str, errors: dict[str, list[str]]) -> SessionOverride | None:
    try:
        day = date.fromisoformat(row.date)
    except ValueError:
        errors[field] = ["Which date? Write it like 2026-12-25."]
        return None
    found = _tried(lambda: hours.read(row.hours, next_day="the next date"), field, errors, [])
    return None if found is None else SessionOverride(date=day, name=row.name, time_intervals=found)


def _tried(read: Callable[[], list[TimeInterval]], field: str, errors: dict[str, list[str]], overnight: list[str]) -> list[TimeInterval] | None:
    try:
        return read()
    except ValueError as error:
        errors[field] = [str(error)]
        if isinstance(error, hours.Overnight):
            overnight.append(field)
        return None
