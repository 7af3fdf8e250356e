"""When a digest is due: pure, by the clocks of its reader's zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backoffice.contracts.notifications import DigestRhythm
from backoffice.contracts.timetable import instant

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def last(rhythm: DigestRhythm, at: time, zone: str, now: datetime) -> datetime:
    """The latest slot that is not in the future. One that clocks skip comes when they jump over it, one that they show twice comes once."""
    there = ZoneInfo(zone)
    if rhythm == "Hourly":
        local = now.astimezone(there)
        return (now - timedelta(minutes=(local.minute - at.minute) % 60)).replace(second=0, microsecond=0).astimezone(UTC)
    today = now.astimezone(there).date()
    second = at.hour * 3600 + at.minute * 60
    return next(slot for slot in (instant(today - DAY * back, second, there) for back in range(3)) if slot <= now)
