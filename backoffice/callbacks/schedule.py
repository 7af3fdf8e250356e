"""When a failed callback is tried again: growing gaps, a little jitter, and a bounded ear for Retry-After."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random
from typing import NamedTuple

# The first try comes at once; ten of them reach over three days, three and a half hours.
GAPS = tuple(timedelta(seconds=seconds) for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
MOST_ATTEMPTS = len(GAPS)
JITTER = 0.2
END = sum(GAPS, timedelta()) * (1 + JITTER)
BUSY = frozenset({429, 502, 504})
GONE = 410
BUSY_GAP = timedelta(seconds=60)
SECONDS = re.compile(r"[0-9]{1,10}")


class Failure(NamedTuple):
    """`status` None: there was no answer."""

    status: int | None = None
    timed_out: bool = False
    retry_after: str | None = None

    @property
    def is_busy(self) -> bool:
        """The receiver is overloaded: it gets fewer at once for a while."""
        return self.timed_out or self.status in BUSY


def next_gap(failure: Failure, *, attempts: int, since_first: timedelta, now: datetime, rng: Random) -> timedelta | None:
    """The wait after so many failed attempts; None when there is no further one. `since_first` is the time since the schedule began."""
    if failure.status == GONE or attempts >= MOST_ATTEMPTS:
        return None
    gap = GAPS[attempts] * (1 + rng.uniform(-JITTER, JITTER))
    if failure.is_busy:
        gap = max(gap, BUSY_GAP)
    asked = _asked(failure.retry_after, now)
    if asked is None or asked <= gap:
        return gap
    return max(gap, min(asked, 2 * gap, END - since_first))


def _asked(header: str | None, now: datetime) -> timedelta | None:
    """Retry-After: whole seconds or a date; anything else is as if it were not there."""
    text = (header or "").strip()
    if SECONDS.fullmatch(text):
        return timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
