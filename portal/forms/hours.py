"""Opening hours as people type them, "09:30-12:00, 13:00-16:00": read with errors that say what to write instead."""

import re
from collections.abc import Iterable, Sequence
from datetime import time
from itertools import pairwise

from backoffice.contracts.calendars import TimeInterval

RANGE = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*[-–—]\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
CLOSED, ALL_DAY = ("", "closed", "-", "—"), ("open", "all day", "24h")
MIDNIGHT, LAST = 24 * 3600, time(23, 59, 59)
Seconds = tuple[int, int]


class Overnight(ValueError):
    """A range that ends on the next day."""


def read(text: str, *, next_day: str = "the next day") -> list[TimeInterval]:
    """Refuses: ValueError in words for the input; Overnight when splitting at midnight would help."""
    found = sorted(_ranges(text))
    for one in found:
        if one[0] > one[1]:
            tail = f"00:00-{_text(one[1])}"
            raise Overnight(f"{_range(one)} runs over midnight: write {_text(one[0])}-24:00 here and {tail} on {next_day}.")
    for before, after in pairwise(found):
        if before[1] > after[0]:
            raise ValueError(f"{_range(before)} and {_range(after)} overlap.")
    return [TimeInterval(start=_time(start), end=_time(end)) for start, end in found]


def split(days: Sequence[str]) -> list[str]:
    """A week of texts with every range over midnight cut in two; a day that cannot be read stays as it is."""
    made: list[list[Seconds]] = [[] for _ in days]
    unreadable: dict[int, str] = {}
    for number, text in enumerate(days):
        try:
            found = _ranges(text)
        except ValueError:
            unreadable[number] = text
            continue
        made[number] += [(start, MIDNIGHT if start > end else end) for start, end in found]
        made[(number + 1) % len(days)] += [(0, end) for start, end in found if start > end]
    texts = [", ".join(map(_range, _joined(sorted(ranges)))) for ranges in made]
    return [", ".join(filter(None, (unreadable.get(number), text))) for number, text in enumerate(texts)]


def written(intervals: Iterable[TimeInterval]) -> str:
    """As one types them: seconds only where there are any, the end of the day as 24:00."""
    return ", ".join(f"{_text(_seconds(one.start))}-{_text(MIDNIGHT if one.end in (LAST, time(0)) else _seconds(one.end))}" for one in intervals)


def _ranges(text: str) -> list[Seconds]:
    plain = text.strip().lower()
    if plain in CLOSED:
        return []
    if plain in ALL_DAY:
        return [(0, MIDNIGHT)]
    return [_one(part.strip()) for part in re.split(r"[,;]", plain) if part.strip()]


def _one(part: str) -> Seconds:
    match = RANGE.fullmatch(part)
    if match is None:
        raise ValueError(f"“{part[:40]}” is no time range: write it like 09:30-16:00.")
    numbers = [int(number or 0) for number in match.groups()]
    start, end = _second(*numbers[:3]), _second(*numbers[3:])
    if start == MIDNIGHT:
        raise ValueError("A range cannot start at 24:00: write 00:00 on the next day.")
    if start == end:
        raise ValueError(f"{part} is empty: it must end after it starts.")
    return start, end if end else MIDNIGHT


def _second(hour: int, minute: int, second: int) -> int:
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise ValueError(f"{hour:02}:{minute:02} is no time of day.")
    # The contract writes the end of a day as 23:59:59.
    return MIDNIGHT if (hour, minute, second) == (23, 59, 59) else hour * 3600 + minute * 60 + second


def _joined(found: list[Seconds]) -> list[Seconds]:
    made: list[Seconds] = []
    for start, end in found:
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((start, end))
    return made


def _time(second: int) -> time:
    return LAST if second == MIDNIGHT else time(second // 3600, second // 60 % 60, second % 60)


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _text(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}" + (f":{second % 60:02}" if second % 60 else "")


def _range(one: Seconds) -> str:
    return f"{_text(one[0])}-{_text(one[1])}"
