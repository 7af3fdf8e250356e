"""What reports are made of, in words: formats, windows, frequencies, filters, and what a file is called by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from backoffice.contracts.filters import Filter
from backoffice.contracts.report_templates import Frequency, PlannedRun, ReportSchedule
from backoffice.contracts.reports import ReportFormat, ReportWindow
from portal.templatetags.desk import words

FORMATS: Sequence[tuple[ReportFormat, str, str]] = (
    ("Csv", "CSV", "Any number of rows, its receipt in a file beside it or at its head."),
    ("Xlsx", "Excel (XLSX)", "Up to 1,048,575 rows, the receipt on a second sheet."),
    ("Pdf", "PDF", "To be read: the first 1,000 rows, with all of them in a CSV beside it."),
    ("Json", "JSON", "For programs: the receipt, then every row."),
)
ICONS: Mapping[str, str] = {"Csv": "file-text", "Xlsx": "file-spreadsheet", "Pdf": "file-down", "Json": "braces"}
WINDOWS: Mapping[ReportWindow, str] = {
    "PreviousDay": "The day before",
    "PreviousWeek": "The week before, from Monday",
    "PreviousMonth": "The month before",
    "PreviousQuarter": "The quarter before",
    "PreviousYear": "The year before",
    "SincePreviousRun": "Since the run before",
    "Everything": "Everything",
}
FREQUENCIES: Mapping[Frequency, str] = {"Daily": "Every day", "Weekly": "On days of the week", "Monthly": "Every month"}
VALUES_SHOWN = 20


class Said(NamedTuple):
    """A filter as a chip says it: Status `is` Completed."""

    label: str
    verb: str
    words: str


class Ahead(NamedTuple):
    """A run to come; the window is None where there is no bound."""

    at: datetime
    due: str
    start: str | None
    end: str | None


def said(entries: Sequence[Filter], zone: str) -> list[Said]:
    return [_said(entry, zone) for entry in entries]


def of_schedule(schedule: ReportSchedule, zone: str) -> str:
    """Every day at 06:00; on Monday, Friday at 06:00; on day 31 of every month at 06:00."""
    at = schedule.base_date.astimezone(ZoneInfo(zone))
    days = ", ".join(schedule.days_of_week) or f"{at:%A}"
    when = {"Daily": "Every day", "Weekly": f"Every {days}", "Monthly": f"On day {at.day} of every month"}[schedule.frequency]
    return f"{when} at {at:%H:%M}"


def usual_window(frequency: Frequency, days: int) -> ReportWindow:
    """That of a schedule which names none: what each run has, so that its runs touch."""
    usual: Mapping[Frequency, ReportWindow] = {"Daily": "PreviousDay", "Weekly": "PreviousWeek", "Monthly": "PreviousMonth"}
    return "SincePreviousRun" if frequency == "Weekly" and days > 1 else usual[frequency]


def ahead(runs: Sequence[PlannedRun], zone: str) -> list[Ahead]:
    """Each with its offset, and the window of its rows."""

    def end(at: datetime | None) -> str | None:
        return None if at is None else local(at, zone)

    return [Ahead(run.due_at, local(run.due_at, zone), end(run.window_from), end(run.window_to)) for run in runs]


def local(at: datetime, zone: str) -> str:
    """With its offset: nothing is left to guess."""
    exact = "milliseconds" if at.microsecond else "seconds" if at.second else "minutes"
    return at.astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec=exact)


def _said(entry: Filter, zone: str) -> Said:
    value: Any = entry.values if entry.value is msgspec.UNSET else entry.value
    label = words(entry.field)
    if isinstance(value, dict):
        return Said(label, *_range(value, zone))
    values = value if isinstance(value, list) else [value]
    shown = ", ".join(str(one) for one in values[:VALUES_SHOWN])
    more = f" and {len(values) - VALUES_SHOWN} more" if len(values) > VALUES_SHOWN else ""
    verb = "contains" if entry.entry_type == "Like" else "is" if len(values) == 1 else "is any of"
    return Said(label, verb, shown + more)


def _range(value: Mapping[str, Any], zone: str) -> tuple[str, str]:
    if "relative" in value:
        return "in", f"{str(value['relative']).capitalize()}, {value.get('zone', 'UTC')}"
    start, end = (_end(value.get(name), zone) for name in ("from", "to"))
    if start and end:
        return "from", f"{start} to before {end}"
    return ("from", start) if start else ("before", end)


def _end(value: Any, zone: str) -> str:
    if value is None:
        return ""
    try:
        return local(datetime.fromisoformat(str(value).upper()), zone)
    except ValueError:
        return str(value)
