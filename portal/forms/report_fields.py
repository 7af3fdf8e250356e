"""The plain fields of the editor of reports and templates."""

from collections.abc import Sequence

from backoffice.contracts.calendars import DayOfWeek
from backoffice.contracts.reports import RECIPIENTS_MOST, ReportSourceInfo
from portal import report_words
from portal.forms.form import Field, choices_of
from portal.templatetags.desk import worded, words

WEEK = tuple((day, day[:3]) for day, _ in (*worded(DayOfWeek)[1:], worded(DayOfWeek)[0]))


def fields_of(sources: Sequence[ReportSourceInfo], source: ReportSourceInfo, *, is_template: bool) -> tuple[Field, ...]:
    """What only a schedule has is left out of the choices of a single report."""
    windows = [(value, label) for value, label in report_words.WINDOWS.items() if is_template or value not in ("SincePreviousRun", "Everything")]
    usual = "As fits the schedule" if is_template else report_words.WINDOWS["Everything"]
    sortable = choices_of(((one.name, words(one.name)) for one in source.fields if one.is_sortable), empty="As the source has it")
    return (
        Field(name="name", label="Name", is_required=True, hint="What the file is called by"),
        Field(name="source", label="Rows of", kind="choice", choices=[(one.source, one.name) for one in sources], is_required=True),
        Field(name="window", label="Rows from", kind="choice", choices=choices_of(windows, empty=usual)),
        Field(name="timeZone", label="Time zone", is_required=True, hint="Of its days and of the times in the file"),
        Field(name="sort", label="In order of", kind="choice", choices=sortable),
        Field(name="direction", label="Direction", kind="choice", choices=(("Asc", "Smallest or oldest first"), ("Desc", "Largest or newest first"))),
        Field(name="format", label="Format", kind="choice", choices=[(value, label) for value, label, _ in report_words.FORMATS], is_required=True),
        Field(
            name="receipt",
            label="Receipt of a CSV",
            kind="choice",
            choices=(("Beside", "In a file beside it"), ("Header", "At its head, in lines that begin with #")),
        ),
        Field(name="notifyEmails", label="Recipients", kind="area", hint=f"Up to {RECIPIENTS_MOST} e-mail addresses, one a line", is_wide=True),
        Field(name="frequency", label="Made", kind="choice", choices=choices_of(report_words.FREQUENCIES.items(), empty="By hand only")),
        Field(name="days", label="Days of the week", kind="choices", choices=WEEK),
        Field(name="day", label="First on", kind="date"),
        Field(name="time", label="At", kind="time"),
    )
