"""Reports: rows of a source in a file with a receipt, made by the worker from one snapshot."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Protocol

from msgspec import UNSET, Meta, UnsetType

from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Value

ReportSource = Literal[
    "UserBalances",
    "UserTransfers",
    "UserAssetCommissions",
    "UserOpenOrders",
    "UserOrders",
    "UserClosedPositions",
    "UserPositionSwaps",
    "UserTrades",
    "Transfers",
    "Orders",
    "OpenOrders",
    "ClosedPositions",
    "PositionSwaps",
    "Trades",
    "UnsolicitedTrades",
    "AssetsCommissions",
    "UsersCommissions",
    "AccountsCommissions",
    "ActiveAccounts",
]
ReportFormat = Literal["Csv", "Xlsx", "Pdf", "Json"]
ReportStatus = Literal["New", "InProgress", "Completed", "Failed", "Expired"]
# Which rows, by the source's own time. Of a schedule each is relative to the instant at which it is due, in its zone; SincePreviousRun begins
# with the due instant before. Everything: no bound but the filters.
ReportWindow = Literal["PreviousDay", "PreviousWeek", "PreviousMonth", "PreviousQuarter", "PreviousYear", "SincePreviousRun", "Everything"]
# Where the receipt of a CSV file is: in a file beside it, or in lines at its head that begin with #.
ReceiptPlace = Literal["Beside", "Header"]
# What can be downloaded of a report: its file, all rows as CSV where the file has only the first ones, or its receipt.
ReportPart = Literal["File", "Data", "Receipt"]
DeliveryState = Literal["Waiting", "Sent", "Failed", "Cancelled"]

RECIPIENTS_MOST = 10
XLSX_ROWS_MOST = 1_048_575
PDF_ROWS_MOST = 1_000
PREVIEW_ROWS = 20


class ReportOptions(Value, frozen=True, kw_only=True):
    """What goes beyond the contract; whoever leaves it out never sees it. `time_zone`: an IANA name, the installation's unless given.
    `columns`: which of the source's, in which order."""

    time_zone: str | UnsetType = UNSET
    window: ReportWindow | UnsetType = UNSET
    columns: list[str] | UnsetType = UNSET
    receipt: ReceiptPlace | UnsetType = UNSET


class NewReport(ReportOptions, frozen=True, kw_only=True):
    """`source_name` is how people call the source; made from it unless given."""

    report_name: str
    source: ReportSource
    source_name: str | None = None
    notify_emails: list[str] = []
    filters: list[Filter] = []
    sorting: Sort | None = None
    format: ReportFormat


class ReportStarted(Value, frozen=True, kw_only=True):
    id: str


class Report(ReportOptions, frozen=True, kw_only=True):
    """`status_reason` says what a person can do about it."""

    id: str
    report_name: str
    template_name: str | None
    template_id: str | None
    source: ReportSource
    source_name: str
    filters: list[Filter]
    sorting: Sort | None
    created_at: datetime
    expired_at: datetime
    status_type: ReportStatus
    status_reason: str | None
    created_by: str
    notify_emails: list[str]
    format: ReportFormat


class Reports(Value, frozen=True, kw_only=True):
    data: list[Report]


class ControlTotal(Value, frozen=True, kw_only=True):
    """The sum of one column, `of` one asset where it counts in assets. `missing`: rows without a value, which the sum leaves out."""

    column: str
    of: str | None
    value: Decimal
    missing: int


class ReceiptLine(Value, frozen=True, kw_only=True):
    name: str
    value: str


class Receipt(Value, frozen=True, kw_only=True):
    """What the file says of itself, in `lines` as it says it; `sha256` and `size` are of the file, and so not in it.

    Rows are from `window_from` on, before `window_to`, by the source's own time. `shown_rows` are fewer than `rows` where the file has only
    the first ones and all of them are in the CSV beside it.
    """

    rows: int
    shown_rows: int
    totals: list[ControlTotal]
    time_zone: str
    window_from: datetime | None
    window_to: datetime | None
    as_of: datetime
    sha256: str
    size: int
    lines: list[ReceiptLine]


class Delivery(Value, frozen=True, kw_only=True):
    """One recipient of one report; `reason` is what the last try ended with."""

    recipient: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    finished_at: datetime | None
    reason: str | None


class ReportState(Value, frozen=True, kw_only=True):
    """A report with how far it is and what came of it. `due_at`: the instant of its schedule that it was made for."""

    report: Report
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    rows_done: int
    rows_total: int | None
    is_cancelling: bool
    has_data: bool
    """Whether all rows are in a CSV beside the file."""
    receipt: Receipt | None
    deliveries: list[Delivery]


class ReportQuery(Value, frozen=True, kw_only=True):
    """`search`: a part of the report's or the template's name. `mail_failed_since`: those with a mail that was given up since then."""

    search: str | None = None
    statuses: list[ReportStatus] | None = None
    sources: list[ReportSource] | None = None
    template_id: str | None = None
    mail_failed_since: datetime | None = None
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50


class ReportColumn(Value, frozen=True, kw_only=True):
    """`is_text`: no number. `has_total`: its sum is among the control totals."""

    name: str
    is_text: bool
    has_total: bool


class ReportField(Value, frozen=True, kw_only=True):
    """What filters may name; `words` are those of an enumeration."""

    name: str
    kind: Literal["text", "number", "time", "word"]
    words: list[str]
    is_sortable: bool


class ReportSourceInfo(Value, frozen=True, kw_only=True):
    """`time_field` is what windows are of, None where rows have no time. `needs_user`: a filter has to name the user."""

    source: ReportSource
    name: str
    columns: list[ReportColumn]
    fields: list[ReportField]
    time_field: str | None
    needs_user: bool


class ReportPreview(Value, frozen=True, kw_only=True):
    """The first rows as the file would have them. `total` is counted up to a cap; `is_exceeded` says that there are more."""

    columns: list[str]
    rows: list[list[str]]
    total: int
    is_exceeded: bool
    window_from: datetime | None
    window_to: datetime | None


class Asker(Value, frozen=True, kw_only=True):
    """In whose name a worker may do something."""

    kind: str
    id: str


class DueReport(Value, frozen=True, kw_only=True):
    """`askers`: its owner, then who else it may be made for when the owner no longer may."""

    id: str
    askers: list[Asker]


class ReportFile(NamedTuple):
    name: str
    path: Path
    format: ReportFormat | Literal["Text"]


class ReportDesk(Protocol):
    """Absent to an actor is also what they could not look at in the desk: a report of transfers needs the right to see transfers."""

    def sources(self, actor: Actor) -> list[ReportSourceInfo]:
        """Those that the actor may see."""

    def preview(self, actor: Actor, report: NewReport) -> ReportPreview:
        """Refuses: Invalid, NotPermitted (of the source)."""

    def create(self, actor: Actor, report: NewReport) -> ReportStarted:
        """Queue it; answers at once.

        Refuses: Invalid (also `too_many_rows` of a format), NotPermitted (of the source).
        """

    def find(self, actor: Actor, query: ReportQuery) -> Page[ReportState]:
        """Newest first. Refuses: Invalid (cursor)."""

    def get(self, actor: Actor, report_id: str) -> ReportState:
        """Refuses: NotFound."""

    def delete(self, actor: Actor, report_id: str) -> None:
        """With its file; one that is being made stops. Refuses: NotFound."""

    def cancel(self, actor: Actor, report_id: str) -> None:
        """It ends as Failed, soon. Refuses: NotFound, Conflict (`wrong_status`)."""

    def again(self, actor: Actor, report_id: str) -> ReportStarted:
        """A new report of the same, windows and all. Refuses: NotFound, Invalid, NotPermitted (of the source)."""

    def download(self, actor: Actor, report_id: str, *, part: ReportPart = "File") -> ReportFile:
        """Refuses: NotFound (also when it has expired), Invalid (`not_finished`)."""

    def due(self, actor: Actor, *, report_id: str | None = None) -> list[DueReport]:
        """For the worker: reports that wait and that nobody makes, oldest first; or the one named."""

    def run(self, actor: Actor, report_id: str) -> None:
        """For the worker, in the name of an asker: claim the report and make it. One that is claimed elsewhere is left alone.

        Refuses: NotPermitted (of the source).
        """

    def abandon(self, actor: Actor, report_id: str, *, reason: str) -> None:
        """For the worker: one that waits and that nobody may have made any more fails."""

    def clean(self, actor: Actor) -> int:
        """For the worker: files of reports that have expired go, and files that no report names; how many."""
