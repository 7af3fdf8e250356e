"""Trading calendars: when a market may trade, in the calendar's own time zone."""

from datetime import date, datetime, time
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value, Versioned

DayOfWeek = Literal["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


class TimeInterval(Value, frozen=True, kw_only=True):
    """Open from `start` up to `end`, local; an `end` of 00:00:00 or 23:59:59 means through midnight."""

    start: time
    end: time


class TradingSession(Value, frozen=True, kw_only=True):
    day_of_week: DayOfWeek
    time_intervals: list[TimeInterval]


class SessionOverride(Value, frozen=True, kw_only=True):
    """What holds on one date instead of its week day; no intervals: closed all day."""

    date: date
    name: str = ""
    time_intervals: list[TimeInterval]


class Calendar(Value, frozen=True, kw_only=True):
    calendar_id: str
    name: str
    time_zone_id: str
    trading_sessions: list[TradingSession]
    session_overrides: list[SessionOverride]
    market_count: int


class NewCalendar(Value, frozen=True, kw_only=True):
    """`calendar_id`: lower-case Latin letters, digits and hyphens; made from the name when absent."""

    calendar_id: str | None = None
    name: str
    time_zone_id: str
    trading_sessions: list[TradingSession] = []
    session_overrides: list[SessionOverride] = []


class CalendarChange(Value, frozen=True, kw_only=True):
    name: str
    time_zone_id: str
    trading_sessions: list[TradingSession]
    session_overrides: list[SessionOverride]


class CalendarStatus(Value, frozen=True, kw_only=True):
    """`next_change_at`: when it opens or closes next, None when it never does again."""

    calendar_id: str
    at: datetime
    is_open: bool
    local_time: str
    next_change_at: datetime | None


class Calendars(Protocol):
    def find(self, actor: Actor) -> list[Calendar]:
        """Every calendar, by name."""

    def get(self, actor: Actor, calendar_id: str) -> Versioned[Calendar]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewCalendar) -> Calendar:
        """Refuses: Invalid (zone, overlapping or backward intervals)."""

    def update(self, actor: Actor, calendar_id: str, change: CalendarChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid."""

    def delete(self, actor: Actor, calendar_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, InUse (names the markets)."""

    def status(self, actor: Actor, calendar_id: str, *, at: datetime) -> CalendarStatus:
        """Is it open at that instant? Refuses: NotFound."""
