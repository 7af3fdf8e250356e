"""Trading calendars, and whether one is open."""

from datetime import UTC, datetime

from backoffice.api.bodies import refused
from backoffice.contracts.actor import Actor
from backoffice.contracts.calendars import Calendar, CalendarChange, CalendarStatus, NewCalendar
from backoffice.contracts.value import Value, Versioned
from backoffice.services import back_api

# Beyond these years the zone rules are guesswork, and at the ends of the calendar arithmetic overflows.
FIRST_YEAR, LAST_YEAR = 1970, 2100


class StatusQuery(Value, frozen=True, kw_only=True):
    """`at`: an instant with its zone; now when absent."""

    at: datetime | None = None


def find(actor: Actor) -> list[Calendar]:
    """Every calendar."""
    return back_api().calendars.find(actor)


def get(actor: Actor, calendar_id: str) -> Versioned[Calendar]:
    """One calendar."""
    return back_api().calendars.get(actor, calendar_id)


def create(actor: Actor, body: NewCalendar) -> Calendar:
    """Make a calendar."""
    return back_api().calendars.create(actor, body)


def update(actor: Actor, calendar_id: str, body: CalendarChange, version: int | None) -> None:
    """Replace a calendar."""
    back_api().calendars.update(actor, calendar_id, body, version=version)


def delete(actor: Actor, calendar_id: str, version: int | None) -> None:
    """Delete a calendar that no market uses."""
    back_api().calendars.delete(actor, calendar_id, version=version)


def status(actor: Actor, calendar_id: str, query: StatusQuery) -> CalendarStatus:
    """Is it open, and when does that change?"""
    if query.at and not FIRST_YEAR <= query.at.year <= LAST_YEAR:
        raise refused("at", f"Expected a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return back_api().calendars.status(actor, calendar_id, at=query.at or datetime.now(UTC))
