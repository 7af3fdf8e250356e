"""Report templates: a report to be made again and again, by hand or at the instants of a schedule."""

from datetime import datetime
from typing import Annotated, Literal, Protocol

from msgspec import UNSET, Meta, UnsetType

from backoffice.contracts.actor import Actor
from backoffice.contracts.calendars import DayOfWeek
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.paging import Page
from backoffice.contracts.reports import ReportFormat, ReportOptions, ReportSource, ReportState, ReportWindow
from backoffice.contracts.value import Value, Versioned

Frequency = Literal["Daily", "Weekly", "Monthly"]
NEXT_RUNS = 5


class ReportSchedule(Value, frozen=True, kw_only=True):
    """From `base_date` on at its local time in `time_zone`, to the minute: every day, on `days_of_week`, or on its day of the month, which a
    shorter month clamps. A time that the clocks skip becomes the first minute after; of one that they repeat the first counts."""

    base_date: datetime
    frequency: Frequency
    days_of_week: list[DayOfWeek] = []
    time_zone: str | UnsetType = UNSET


class TemplateDraft(ReportOptions, frozen=True, kw_only=True):
    """`time_zone` of a schedule stands there; the options' own is that of a template without one."""

    template_name: str
    source: ReportSource
    source_name: str | None = None
    schedule: ReportSchedule | None = None
    notify_emails: list[str] = []
    filters: list[Filter] = []
    sorting: Sort | None = None
    format: ReportFormat


class TemplateChange(TemplateDraft, frozen=True, kw_only=True):
    """The whole template anew; `template_id` is that of the path, or left out."""

    template_id: str | None = None


class TemplateCreated(Value, frozen=True, kw_only=True):
    id: str


class TemplateRun(Value, frozen=True, kw_only=True):
    report_id: str


class Template(ReportOptions, frozen=True, kw_only=True):
    id: str
    template_name: str
    source: ReportSource
    source_name: str
    schedule: ReportSchedule | None
    filters: list[Filter]
    sorting: Sort | None
    notify_emails: list[str]
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    deleted_at: datetime | None
    deleted_by: str | None
    format: ReportFormat


class Templates(Value, frozen=True, kw_only=True):
    data: list[Template]


class PlannedRun(Value, frozen=True, kw_only=True):
    """`local` is the due instant in the schedule's zone, with its offset; the window is the one of its rows."""

    due_at: datetime
    local: str
    window_from: datetime | None
    window_to: datetime | None
    window_from_local: str | None
    window_to_local: str | None


class TemplateState(Value, frozen=True, kw_only=True):
    """A template and how its schedule fares. `owner`: in whose name it is made. `trouble`: why its last run could not be made, if so."""

    template: Template
    owner: str
    next_due_at: datetime | None
    next_runs: list[PlannedRun]
    trouble: str | None
    last_report: ReportState | None


class SchedulePlan(Value, frozen=True, kw_only=True):
    """A schedule to look ahead with; `window` as in a template."""

    schedule: ReportSchedule
    window: ReportWindow | UnsetType = UNSET


class SkippedRun(Value, frozen=True, kw_only=True):
    """A due instant for which there is no report, since a later one had come as well when somebody could make it."""

    due_at: datetime
    window_from: datetime | None
    window_to: datetime | None
    noted_at: datetime


class TemplateQuery(Value, frozen=True, kw_only=True):
    search: str | None = None
    sources: list[ReportSource] | None = None
    is_scheduled: bool | None = None
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50


class ReportTemplates(Protocol):
    """Deleted ones are absent but from `get`. Of a version: how often the template was changed."""

    def find(self, actor: Actor, query: TemplateQuery) -> Page[TemplateState]:
        """By name. Refuses: Invalid (cursor)."""

    def get(self, actor: Actor, template_id: str) -> Versioned[TemplateState]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: TemplateDraft) -> TemplateCreated:
        """Refuses: Invalid, Conflict (`name_taken`), NotPermitted (of the source)."""

    def update(self, actor: Actor, template_id: str, change: TemplateChange, *, version: int | None = None) -> None:
        """It is made in the actor's name from then on. Refuses: NotFound, Stale, Invalid, NotPermitted (of the source)."""

    def delete(self, actor: Actor, template_id: str, *, version: int | None = None) -> None:
        """Its reports stay. Refuses: NotFound, Stale."""

    def run(self, actor: Actor, template_id: str) -> TemplateRun:
        """A report now, in the actor's name. Refuses: NotFound, Invalid, NotPermitted (of the source)."""

    def plan(self, actor: Actor, plan: SchedulePlan) -> list[PlannedRun]:
        """The next runs of a schedule. Refuses: Invalid."""

    def skipped(self, actor: Actor, template_id: str) -> list[SkippedRun]:
        """Newest first, up to a hundred. Refuses: NotFound."""

    def take_due(self, actor: Actor) -> int:
        """For the worker: queue a report for each template whose instant has come, by the clock of the database; how many."""
