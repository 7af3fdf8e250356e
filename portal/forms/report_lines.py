"""Filters of a report as lines of a form: each of the one filter language, and none is lost that the form cannot show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.http import QueryDict

from backoffice.contracts.filters import FILTERS_MOST, Filter
from backoffice.contracts.reports import ReportField, ReportSourceInfo
from backoffice.contracts.timetable import zones
from portal import report_words
from portal.listing import period
from portal.listing.filters import NUMBER
from portal.templatetags.desk import words

PARTS = ("verb", "value", "from", "to", "period", "zone", "kept")
VERBS = ("Exact", "Like")
NOTHING = "Give it a value, or remove it."
# Fields that are completed by search, and the pickers they ask.
PICKED: Mapping[str, str] = {"userId": "users", "accountId": "accounts", "marketId": "markets"}


class Unwritten(Exception):
    """A line that says nothing yet, or nothing that makes sense."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One filter. `texts` are what its inputs hold, each maybe several times; `kept` is an entry that has no inputs, as JSON."""

    of: ReportField
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Sequence[str] = ()

    @property
    def label(self) -> str:
        return words(self.of.name)

    @property
    def kept(self) -> str:
        return self.one("kept")

    @property
    def said(self) -> report_words.Said:
        return report_words.said([_decoded(self.kept)], "UTC")[0]

    @property
    def verb(self) -> str:
        """Ids are looked for as a whole, unless somebody wants a part."""
        given = self.one("verb")
        return given if given in VERBS else "Exact" if self.of.name.endswith("Id") else "Like"

    @property
    def value(self) -> str:
        return "\n".join(self.texts.get("value", ()))

    @property
    def picks(self) -> str:
        """The picker of a field that names somebody, while it holds one value."""
        return PICKED.get(self.of.name, "") if self.verb == "Exact" and "\n" not in self.value else ""

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        return [(one, words(one), one in self.texts.get("value", ())) for one in self.of.words]

    @property
    def periods(self) -> list[tuple[str, str, bool]]:
        given = self.one("period")
        offered = [*period.OFFERED, *([(given, given.capitalize())] if given and given not in dict(period.OFFERED) else [])]
        return [("", "From one day to another", not given), *((value, label, value == given) for value, label in offered)]

    @property
    def starts(self) -> tuple[str, str]:
        return self._moment("from")

    @property
    def ends(self) -> tuple[str, str]:
        return self._moment("to")

    @property
    def zone(self) -> str:
        return self.one("zone")

    def one(self, part: str) -> str:
        return next(iter(self.texts.get(part, ())), "")

    def entry(self, zone: str) -> Filter:
        """`zone` is that of the report, which days count in unless the line has one of its own. Raises: Unwritten."""
        if self.kept:
            return _decoded(self.kept)
        value = READ[self.of.kind](self, zone)
        if not value:
            raise Unwritten(NOTHING)
        entry_type = {"text": self.verb, "word": "Exact"}.get(self.of.kind, "Range")
        return msgspec.convert({"entryType": entry_type, "field": self.of.name, "value": value}, Filter)

    def _moment(self, part: str) -> tuple[str, str]:
        day, clock = (*self.texts.get(part, ()), "", "")[:2]
        return day, clock


def of_post(source: ReportSourceInfo, post: QueryDict) -> tuple[list[Line], list[str]]:
    """The lines, and fields that this source does not have, whose lines are gone."""
    known = {one.name: one for one in source.fields}
    lines, gone = [], []
    for number in range(FILTERS_MOST):
        name = post.get(f"filter-{number}-field")
        if name is None:
            continue
        if name not in known:
            gone.append(words(name))
            continue
        texts = {part: _sent(post, number, part) for part in PARTS}
        lines.append(_checked(Line(of=known[name], texts=texts)))
    return lines, gone


def of_entries(source: ReportSourceInfo, entries: Sequence[Filter], zone: str) -> tuple[list[Line], list[str]]:
    known = {one.name: one for one in source.fields}
    shown = [_line(known[entry.field], entry, zone) for entry in entries if entry.field in known]
    return shown, [words(entry.field) for entry in entries if entry.field not in known]


def refused(lines: Sequence[Line], fields: Mapping[str, list[str]]) -> list[Line]:
    """What a service says of `filters[3].value` goes to its line."""
    found: dict[int, list[str]] = {}
    for name, reasons in fields.items():
        number = name.removeprefix("filters[").partition("]")[0]
        if name.startswith("filters[") and number.isdecimal():
            found.setdefault(int(number), []).extend(reasons)
    return [replace(line, errors=[*line.errors, *found.get(at, ())]) for at, line in enumerate(lines)]


def _sent(post: QueryDict, number: int, part: str) -> list[str]:
    """A day and its time keep their places; of texts each line is a value."""
    given = [one.replace("\0", "") for one in post.getlist(f"filter-{number}-{part}")]
    return [line.strip() for one in given for line in one.splitlines() if line.strip()] if part == "value" else given


def _checked(line: Line) -> Line:
    """What was not made by this form is no entry."""
    if not line.kept:
        return line
    try:
        is_own = _decoded(line.kept).field == line.of.name
    except (msgspec.MsgspecError, ValueError):
        is_own = False
    return line if is_own else replace(line, texts={})


def _line(of: ReportField, entry: Filter, zone: str) -> Line:
    """In the inputs of its kind when they say exactly the same, else kept as it is."""
    value = entry.values if entry.value is msgspec.UNSET else entry.value
    line = Line(of=of, texts=_texts(of, entry, value, zone))
    try:
        same = _meant(line.entry(zone), of) == _meant(entry, of)
    except (Unwritten, ValueError, TypeError, msgspec.ValidationError):
        same = False
    return line if same else Line(of=of, texts={"kept": [msgspec.json.encode(entry).decode()]})


def _texts(of: ReportField, entry: Filter, value: Any, zone: str) -> dict[str, list[str]]:
    if isinstance(value, dict):
        if "relative" in value:
            own = value.get("zone", "UTC")
            return {"period": [str(value["relative"])], "zone": [] if own == zone else [str(own)]}
        return {end: _end(of, value.get(end), zone, is_end=end == "to") for end in ("from", "to")}
    return {"verb": [entry.entry_type], "value": [str(one) for one in (value if isinstance(value, list) else [value])]}


def _end(of: ReportField, value: Any, zone: str, *, is_end: bool) -> list[str]:
    if value is None:
        return []
    if of.kind != "time":
        return [str(value)]
    try:
        at = datetime.fromisoformat(str(value).upper()).astimezone(ZoneInfo(zone))
    except ValueError:
        return []
    if at.time() == time(0):
        # A period ends with a whole day where it ends at midnight.
        return [str(at.date() - timedelta(days=is_end)), ""]
    return [str(at.date()), f"{at:%H:%M}"]


def _meant(entry: Filter, of: ReportField) -> Any:
    value = entry.values if entry.value is msgspec.UNSET else entry.value
    if isinstance(value, dict):
        if "relative" in value:
            return value["relative"], value.get("zone", "UTC")
        given = {name: one for name, one in value.items() if one is not None}
        return {name: datetime.fromisoformat(str(one).upper()).astimezone(UTC) for name, one in given.items()} if of.kind == "time" else given
    return entry.entry_type, [str(one) for one in (value if isinstance(value, list) else [value])]


def _decoded(kept: str) -> Filter:
    return msgspec.json.decode(kept.encode(), type=Filter)


def _text(line: Line, zone: str) -> Any:  # noqa: ARG001  one signature for all of a table
    found = list(line.texts.get("value", ()))
    return found if line.verb == "Exact" else " ".join(found)


def _word(line: Line, zone: str) -> Any:  # noqa: ARG001  one signature for all of a table
    return [one for one in line.texts.get("value", ()) if one in line.of.words]


def _number(line: Line, zone: str) -> Any:  # noqa: ARG001  one signature for all of a table
    found = {end: text for end in ("from", "to") if (text := line.one(end).strip())}
    if not all(NUMBER.fullmatch(text) for text in found.values()):
        raise Unwritten("Write a number like 0.001, without spaces or thousands separators.")
    return found


def _time(line: Line, zone: str) -> Any:
    if (own := line.zone or zone) not in zones():
        raise Unwritten("Its days need a time zone.")
    for start in ("from", "to"):
        day, *clock = line.texts.get(start, ()) or ("",)
        if any(text and text not in period.Moments() for text in (day, *clock)) or (any(clock) and not day):
            raise Unwritten("Write a day, and a time only beside it.")
    return period.value_of(line.one("period"), line.texts.get("from", ()), line.texts.get("to", ()), own)


READ = {"text": _text, "word": _word, "number": _number, "time": _time}
