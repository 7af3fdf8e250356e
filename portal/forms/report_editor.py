"""The editor of reports and templates: plain fields, lines of filters, columns in their order, a schedule by local time."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.http import QueryDict
from msgspec import UNSET

from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.report_templates import Frequency, ReportSchedule, SchedulePlan, Template, TemplateChange, TemplateDraft
from backoffice.contracts.reports import NewReport, Report, ReportSourceInfo, ReportWindow
from backoffice.contracts.timetable import instant, zones
from portal import report_words
from portal.forms import report_lines
from portal.forms.form import BASE, LOOK_AGAIN, Form
from portal.forms.report_fields import fields_of
from portal.forms.report_lines import Line, Unwritten
from portal.templatetags.desk import words

MINUTE = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
APART = re.compile(r"[\s,;]+")
# The names of a contract, and of the inputs here.
PLACES = {
    "reportName": "name", "templateName": "name", "schedule.timeZone": "timeZone", "schedule.baseDate": "day",
    "schedule.daysOfWeek": "days", "sorting.field": "sort", "schedule.frequency": "frequency",
}  # fmt: skip
FILTERS, COLUMNS = "filters", "columns"
FIRST_TIME = "06:00"
PREVIEWED = "Preview"


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What somebody puts together. `gone`: filters that the chosen source does not have, `lost_order`: the order; `was`: filters and columns
    that it began with."""

    source: ReportSourceInfo
    form: Form
    lines: Sequence[Line] = ()
    columns: Sequence[str] = ()
    column_errors: Sequence[str] = ()
    gone: Sequence[str] = ()
    lost_order: str = ""
    was: Mapping[str, str] = field(default_factory=dict)

    @property
    def flat(self) -> dict[str, str]:
        """Filters and columns each as one text; a line that says nothing yet is none."""
        found = []
        for line in self.lines:
            with suppress(Unwritten):
                found.append(line.entry(self.zone))
        return {FILTERS: msgspec.json.encode(found).decode(), COLUMNS: ",".join(self.columns)}

    @property
    def by(self) -> dict[str, Any]:
        """Bound fields by name, for the template."""
        return {bound.field.name: bound for bound in self.form.bound}

    @property
    def zone(self) -> str:
        return self.form.values["timeZone"]

    @property
    def frequency(self) -> Frequency | None:
        """None while it is made by hand."""
        return next((one for one in report_words.FREQUENCIES if one == self.form.values["frequency"]), None)

    @property
    def window(self) -> str:
        """Which one counts: that chosen, or that of the schedule unless a filter says which times."""
        window, frequency = self._window(), self.frequency
        if window or frequency is None or self.source.time_field is None or any(line.of.name == self.source.time_field for line in self.lines):
            return window
        return report_words.usual_window(frequency, len(self.form.values["days"].split(",")))

    @property
    def is_since(self) -> bool:
        return self.window == "SincePreviousRun"

    @property
    def offered(self) -> list[tuple[str, bool]]:
        """Columns to choose from: those chosen in their order, then the others."""
        rest = [one.name for one in self.source.columns if one.name not in self.columns]
        return [*((name, True) for name in self.columns), *((name, False) for name in rest)]

    @property
    def addable(self) -> list[tuple[str, str]]:
        return [(one.name, words(one.name)) for one in self.source.fields]

    @property
    def faulty_lines(self) -> list[tuple[int, Line]]:
        return [(at, line) for at, line in enumerate(self.lines) if line.errors]

    def report(self, *, name: str = "") -> NewReport:
        """Refuses: Invalid."""
        return self.form.read(NewReport, reportName=name or self.form.values["name"], **self._parts(zone_apart=False))

    def template(self) -> TemplateDraft:
        """Refuses: Invalid."""
        return self.form.read(TemplateDraft, **self._template())

    def change(self, template_id: str) -> TemplateChange:
        """Refuses: Invalid."""
        return self.form.read(TemplateChange, templateId=template_id, **self._template())

    def plan(self) -> SchedulePlan | None:
        """None without a schedule. Refuses: Invalid."""
        schedule = self._schedule()
        return None if schedule is None else SchedulePlan(schedule=schedule, window=msgspec.convert(self.window or "Everything", ReportWindow))

    def preview(self) -> NewReport:
        """The rows of one that would be made now; what a run had since the one before shows as everything. Refuses: Invalid."""
        window = self.window
        asked: dict[str, Any] = {"window": UNSET if window in ("", "SincePreviousRun") else window, "notifyEmails": []}
        return self.form.read(NewReport, **self._parts(zone_apart=False) | asked | {"reportName": PREVIEWED})

    def refused(self, error: Invalid) -> "Editor":
        placed: dict[str, list[str]] = {}
        for name, reasons in error.fields.items():
            if not name.startswith("filters[") and name != "columns":
                placed.setdefault("notifyEmails" if name.startswith("notifyEmails") else PLACES.get(name, name), []).extend(reasons)
        shown = self.form.refused(Invalid(error.detail, code=error.code, fields=placed))
        return replace(self, form=shown, lines=report_lines.refused(self.lines, error.fields), column_errors=error.fields.get("columns", ()))

    def with_line(self, name: str) -> "Editor":
        found = next((one for one in self.source.fields if one.name == name), None)
        return self if found is None else replace(self, lines=[*self.lines, Line(of=found)])

    def without_line(self, number: int) -> "Editor":
        return replace(self, lines=[line for at, line in enumerate(self.lines) if at != number])

    def moved_up(self, name: str) -> "Editor":
        if name not in self.columns[1:]:
            return self
        at, order = self.columns.index(name), list(self.columns)
        order[at - 1 : at + 1] = [name, order[at - 1]]
        return replace(self, columns=order)

    def _template(self) -> dict[str, Any]:
        schedule = self._schedule()
        parts = self._parts(zone_apart=schedule is not None)
        return {"templateName": self.form.values["name"], "schedule": None if schedule is None else msgspec.to_builtins(schedule), **parts}

    def _parts(self, *, zone_apart: bool) -> dict[str, Any]:
        """`zone_apart`: the schedule says the zone. Refuses: Invalid."""
        values = self.form.values
        sort = {"field": values["sort"], "direction": values["direction"] or "Asc"} if values["sort"] else None
        return {
            "filters": [msgspec.to_builtins(entry) for entry in self._entries()],
            "sorting": sort,
            "notifyEmails": [one for one in APART.split(values["notifyEmails"]) if one],
            "timeZone": UNSET if zone_apart else self.zone,
            "window": self._window() or UNSET,
            "columns": list(self.columns) or UNSET,
            "receipt": values["receipt"] if values["format"] == "Csv" and values["receipt"] == "Header" else UNSET,
        }

    def _entries(self) -> list[Filter]:
        """Refuses: Invalid."""
        found, wrong = [], {}
        for number, line in enumerate(self.lines):
            try:
                found.append(line.entry(self.zone))
            except Unwritten as reason:
                wrong[f"filters[{number}].value"] = [str(reason)]
        if wrong:
            raise Invalid(LOOK_AGAIN, fields=wrong)
        return found

    def _window(self) -> str:
        return self.form.values["window"] if self.source.time_field is not None else ""

    def _schedule(self) -> ReportSchedule | None:
        """Its first instant from a day and a time of the zone. Refuses: Invalid."""
        values = self.form.values
        if self.frequency is None:
            return None
        if self.zone not in zones():
            raise Invalid(LOOK_AGAIN, fields={"timeZone": ["Choose a time zone, as Europe/Berlin."]})
        try:
            day = date.fromisoformat(values["day"])
        except ValueError:
            raise Invalid(LOOK_AGAIN, fields={"day": ["Choose the first day."]}) from None
        if not MINUTE.fullmatch(values["time"]):
            raise Invalid(LOOK_AGAIN, fields={"time": ["Choose a time."]})
        zone = ZoneInfo(self.zone)
        base = instant(day, int(values["time"][:2]) * 3600 + int(values["time"][3:]) * 60, zone)
        if f"{base.astimezone(zone):%H:%M}" != values["time"]:
            # It would be due at the shifted time ever after.
            raise Invalid(LOOK_AGAIN, fields={"day": [f"Clocks in {self.zone} skip {values['time']} on that day: begin on another one."]})
        days = [one for one in values["days"].split(",") if one] if values["frequency"] == "Weekly" else []
        return msgspec.convert({"baseDate": base, "frequency": values["frequency"], "daysOfWeek": days, "timeZone": self.zone}, ReportSchedule)


@dataclass(frozen=True, kw_only=True)
class Start:
    """What an editor begins with; texts by input."""

    source: ReportSourceInfo
    entries: Sequence[Filter] = ()
    columns: Sequence[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


def begun(sources: Sequence[ReportSourceInfo], start: Start, *, is_template: bool) -> Editor:
    zone = start.texts["timeZone"]
    usual = {"name": start.source.name, "source": start.source.source, **_usual(zone)}
    fields = fields_of(sources, start.source, is_template=is_template)
    values = {one.name: start.texts.get(one.name, usual.get(one.name, "")) for one in fields}
    lines, gone = report_lines.of_entries(start.source, start.entries, zone)
    form = Form(fields=fields, values=values, base=values, version=start.version)
    form, lost = _ordered(form, start.source)
    editor = Editor(source=start.source, form=form, lines=lines, columns=start.columns, gone=gone, lost_order=lost)
    return _asking_for_user(replace(editor, was=editor.flat))


def of_post(sources: Sequence[ReportSourceInfo], post: QueryDict, *, is_template: bool) -> Editor:
    source = next((one for one in sources if one.source == post.get("source")), sources[0])
    form = Form.of_post(fields_of(sources, source, is_template=is_template), post)
    # A single report that is to become a template has no fields of a schedule.
    absent = {name: text for name, text in _usual(form.values["timeZone"]).items() if name not in post}
    form, lost = _ordered(replace(form, values={**form.values, **absent, "source": source.source}), source)
    # What two merged comes as one text each.
    if FILTERS in post:
        lines, gone = report_lines.of_entries(source, entries_of(post.get(FILTERS, "")), form.values["timeZone"])
    else:
        lines, gone = report_lines.of_post(source, post)
    known = {one.name for one in source.columns}
    chosen = post.get(COLUMNS, "").split(",") if COLUMNS in post else post.getlist("column")
    columns = [name for name in dict.fromkeys(chosen) if name in known]
    was = {name: post.get(BASE + name, "") for name in (FILTERS, COLUMNS)}
    return _asking_for_user(Editor(source=source, form=form, lines=lines, columns=columns, gone=gone, lost_order=lost, was=was))


def entries_of(text: str) -> list[Filter]:
    """Refuses: Invalid. Filters that got lost would make a report of other rows."""
    try:
        return msgspec.json.decode((text or "[]").encode(), type=list[Filter])
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise Invalid("These filters cannot be read; begin again from the list.") from error


def start_of(source: ReportSourceInfo, made: Template | Report, zone: str, version: int | None = None) -> Start:
    """An editor of a template, or of a report to be made in another way. `zone` counts where it says none."""
    schedule = made.schedule if isinstance(made, Template) else None
    given = schedule.time_zone if schedule is not None and schedule.time_zone is not UNSET else made.time_zone
    zone = zone if given is UNSET else given
    base = schedule.base_date.astimezone(ZoneInfo(zone)) if schedule else None
    texts = {
        "name": made.template_name if isinstance(made, Template) else made.report_name,
        "source": made.source,
        "timeZone": zone,
        "format": made.format,
        "window": "" if made.window is UNSET else made.window,
        "receipt": "Beside" if made.receipt is UNSET else made.receipt,
        "notifyEmails": "\n".join(made.notify_emails),
        "sort": (made.sorting.field or made.sorting.column or "") if made.sorting else "",
        "direction": made.sorting.direction if made.sorting else "Asc",
        "frequency": schedule.frequency if schedule else "",
        "days": ",".join(schedule.days_of_week) if schedule else "",
        **({"day": str(base.date()), "time": f"{base:%H:%M}"} if base else {}),
    }
    columns = [] if made.columns is UNSET else made.columns
    return Start(source=source, entries=made.filters, columns=columns, texts=texts, version=version)


def sort_texts(sort: Sort | None) -> dict[str, str]:
    return {"sort": sort.field or sort.column or "", "direction": sort.direction} if sort else {}


def _usual(zone: str) -> dict[str, str]:
    today = datetime.now(UTC).astimezone(ZoneInfo(zone if zone in zones() else "UTC")).date()
    return {"direction": "Asc", "format": "Xlsx", "receipt": "Beside", "time": FIRST_TIME, "day": str(today + timedelta(days=1))}


def _ordered(form: Form, source: ReportSourceInfo) -> tuple[Form, str]:
    """Without an order that the source does not have, which is told."""
    sort = form.values["sort"]
    if not sort or any(one.name == sort and one.is_sortable for one in source.fields):
        return form, ""
    return replace(form, values={**form.values, "sort": ""}), words(sort)


def _asking_for_user(editor: Editor) -> Editor:
    """A source of one client begins with the question whose."""
    if editor.source.needs_user and not any(line.of.name == "userId" for line in editor.lines):
        return editor.with_line("userId")
    return editor
