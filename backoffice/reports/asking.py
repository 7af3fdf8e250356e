"""Checking what somebody wants of a report or a template, before a row of it is written."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from msgspec import UNSET

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.report_templates import ReportSchedule, TemplateDraft
from backoffice.contracts.reports import RECIPIENTS_MOST, NewReport, ReportWindow
from backoffice.contracts.timetable import zones
from backoffice.reports import question, timing
from backoffice.reports.kinds import Kind
from backoffice.reports.sources import KINDS
from backoffice.reports.timing import Rule

LONGEST_NAME, LONGEST_SOURCE_NAME, LONGEST_ADDRESS = 200, 100, 254
OPTIONS = ("time_zone", "window", "columns", "receipt")
BLANK = re.compile(r"\s")
YEARS = (1970, 9_000)


class Wanted(NamedTuple):
    """`columns` are those of the row."""

    kind: Kind
    columns: dict[str, Any]
    window: ReportWindow
    zone: str


def report(actor: Actor, wanted: NewReport, *, at: datetime) -> Wanted:
    """Refuses: Invalid, NotPermitted (of the source)."""
    return _wanted(actor, wanted, wanted.report_name, "reportName", None, at)


def template(actor: Actor, draft: TemplateDraft, *, at: datetime) -> Wanted:
    """Refuses: Invalid, NotPermitted (of the source)."""
    return _wanted(actor, draft, draft.template_name, "templateName", draft.schedule, at)


def rule(schedule: ReportSchedule, zone: str) -> Rule:
    return timing.rule(schedule.frequency, schedule.base_date, schedule.days_of_week, zone)


def zone_of(wanted: NewReport | TemplateDraft | None, schedule: ReportSchedule | None) -> str:
    """The schedule's, the options', or the installation's."""
    given = [one.time_zone for one in (schedule, wanted) if one is not None and one.time_zone is not UNSET]
    return given[0] if given else settings.DESK_ZONE


def schedule_faults(schedule: ReportSchedule | None, at: str = "schedule") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if schedule is None:
        return found
    if schedule.time_zone is not UNSET and schedule.time_zone not in zones():
        found[f"{at}.timeZone"] = [f"there is no time zone {schedule.time_zone[:60]!r}"]
    if not YEARS[0] <= schedule.base_date.year < YEARS[1]:
        found[f"{at}.baseDate"] = [f"must be from the year {YEARS[0]} on and before {YEARS[1]}"]
    if len(set(schedule.days_of_week)) < len(schedule.days_of_week):
        found[f"{at}.daysOfWeek"] = ["names a day twice"]
    return found


def _wanted(actor: Actor, wanted: NewReport | TemplateDraft, name: str, called: str, schedule: ReportSchedule | None, at: datetime) -> Wanted:
    kind = KINDS[wanted.source]
    kind.permit(actor)
    faults = _faults(wanted, name, called, kind) | schedule_faults(schedule)
    if faults:
        raise Invalid("The report is not valid.", fields=faults)
    zone = zone_of(wanted, schedule)
    window = _window(wanted, schedule, kind)
    columns = None if wanted.columns is UNSET else wanted.columns
    question.ask(kind, wanted.filters, wanted.sorting, columns, None, at)
    if kind.needs_user and not any(entry.field == "userId" and entry.entry_type == "Exact" for entry in wanted.filters):
        raise Invalid("The report is not valid.", fields={"filters": ["must name the user: Exact of userId"]})
    given = [option for option in OPTIONS if getattr(wanted, option) is not UNSET]
    if schedule is not None and schedule.time_zone is not UNSET:
        given.append("schedule")
    row = {
        "source": wanted.source,
        "source_name": wanted.source_name or kind.name,
        "filters": question.stored(wanted.filters),
        "sorting": None if wanted.sorting is None else msgspec.to_builtins(wanted.sorting),
        "columns": columns,
        "format": wanted.format,
        "receipt_place": "Beside" if wanted.receipt is UNSET else wanted.receipt,
        "time_zone": zone,
        "window": window,
        "notify_emails": _addresses(wanted.notify_emails),
        "given": given,
    }
    return Wanted(kind, row, window, zone)


def _window(wanted: NewReport | TemplateDraft, schedule: ReportSchedule | None, kind: Kind) -> ReportWindow:
    """Without one asked for, a schedule gets that of its frequency, unless a filter says which times."""
    if wanted.window is not UNSET:
        return wanted.window
    if schedule is None or kind.time is None or any(entry.field == kind.time for entry in wanted.filters):
        return "Everything"
    return timing.default_window(schedule.frequency, len(schedule.days_of_week))


def _faults(wanted: NewReport | TemplateDraft, name: str, called: str, kind: Kind) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not _is_name(name, LONGEST_NAME):
        found[called] = [f"must be 1 to {LONGEST_NAME} printable characters without outer blanks"]
    if wanted.source_name and not _is_name(wanted.source_name, LONGEST_SOURCE_NAME):
        found["sourceName"] = [f"must be up to {LONGEST_SOURCE_NAME} printable characters without outer blanks"]
    if wanted.time_zone is not UNSET and wanted.time_zone not in zones():
        found["timeZone"] = [f"there is no time zone {wanted.time_zone[:60]!r}"]
    if wanted.window not in (UNSET, "Everything") and kind.time is None:
        found["window"] = ["is not for rows that have no time: these are as they are when the report is made"]
    if wanted.window == "SincePreviousRun" and getattr(wanted, "schedule", None) is None:
        found["window"] = ["needs a schedule"]
    return found | address_faults(wanted.notify_emails)


def _is_name(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text == text.strip() and text.isprintable()


def address_faults(addresses: Sequence[str]) -> dict[str, list[str]]:
    if len({address.casefold() for address in addresses}) > RECIPIENTS_MOST:
        return {"notifyEmails": [f"has more than {RECIPIENTS_MOST} addresses"]}
    found: dict[str, list[str]] = {}
    for number, address in enumerate(addresses[: 10 * RECIPIENTS_MOST]):
        if reason := _address_fault(address):
            found[f"notifyEmails[{number}]"] = [reason]
    return found


def _address_fault(address: str) -> str | None:
    try:
        validate_email(address)
    except ValidationError:
        return "is no e-mail address"
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or BLANK.search(address):
        return "is no e-mail address"
    domain = address.rpartition("@")[2].casefold()
    if settings.REPORT_MAIL_DOMAINS and domain not in settings.REPORT_MAIL_DOMAINS:
        return f"is not at one of {', '.join(settings.REPORT_MAIL_DOMAINS)}"
    return None


def _addresses(addresses: Sequence[str]) -> list[str]:
    """Each once, however cased."""
    return list({address.casefold(): address for address in reversed(addresses)}.values())[::-1]
