"""The timetable of retries, to the second."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from backoffice.callbacks import schedule
from backoffice.callbacks.schedule import Failure

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Middle(Random):
    """No jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


FAILED = Failure(500)


def gap(failure: Failure = FAILED, *, attempts: int = 1, since_first: timedelta = timedelta(), rng: Random | None = None) -> timedelta | None:
    return schedule.next_gap(failure, attempts=attempts, since_first=since_first, now=NOW, rng=rng or Middle())


def test_ten_attempts_reach_over_75_hours_35_minutes_and_5_seconds() -> None:
    gaps = [gap(attempts=made) for made in range(1, 10)]
    assert gaps == [timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)]
    assert sum(gaps, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert gap(attempts=10) is None


def test_jitter_stays_within_a_fifth() -> None:
    rng = Random(7)
    found = [gap(attempts=3, rng=rng) for _ in range(2_000)]
    assert timedelta(seconds=1440) <= min(found) < timedelta(seconds=1460)
    assert timedelta(seconds=2140) < max(found) <= timedelta(seconds=2160)


def test_gone_is_the_end() -> None:
    assert gap(Failure(410)) is None


@pytest.mark.parametrize("failure", [Failure(429), Failure(502), Failure(504), Failure(timed_out=True)])
def test_a_busy_receiver_gets_a_minute_at_least(failure: Failure) -> None:
    assert failure.is_busy
    assert gap(failure, attempts=1) == timedelta(seconds=60)
    assert gap(failure, attempts=2) == timedelta(seconds=300)


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503, None])
def test_any_other_failure_keeps_to_the_timetable(status: int | None) -> None:
    assert gap(Failure(status)) == timedelta(seconds=5)
    assert not Failure(status).is_busy


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("400", 400),
        ("599", 599),
        ("600", 600),
        ("3600", 600),
        ("1000000000", 600),
        ("9" * 40, 300),
        ("299", 300),
        ("0", 300),
        ("-1", 300),
        ("", 300),
        ("soon", 300),
        ("4e2", 300),
        ("٤٠٠", 300),
        ("Tue, 24 Nov 2026 12:07:00 GMT", 420),
        ("Tue, 24 Nov 2026 18:00:00 GMT", 600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 300),
        ("Tue, 24 Nov 99999 12:00:00 GMT", 300),
    ],
)
def test_retry_after_is_heard_between_once_and_twice_the_gap(header: str, seconds: int) -> None:
    assert gap(Failure(503, retry_after=header), attempts=2) == timedelta(seconds=seconds)


def test_retry_after_never_reaches_beyond_the_end() -> None:
    late = schedule.END - timedelta(hours=25)
    assert gap(Failure(503, retry_after="900000"), attempts=9, since_first=late) == timedelta(hours=25)
    assert gap(Failure(503, retry_after="900000"), attempts=9, since_first=schedule.END) == timedelta(hours=24)
