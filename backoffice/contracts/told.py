"""What each type of admin notification tells: its `data`, tagged by the type, and the operation that whoever sees it needs."""

from datetime import datetime
from typing import ClassVar, Literal, cast, get_args

import msgspec

from backoffice.contracts.value import Value

NotificationType = Literal[
    "ExternalOrderTimeout",
    "MarketFileApplied",
    "MarketFileFailed",
    "CallbackDead",
    "CallbackRefusedByReceiver",
    "CallbackHostFailing",
    "CallbackHostPaused",
    "ReportFailed",
    "ReportMailFailed",
    "ChangeSetNotApplied",
    "BooksViolation",
    "SessionDisconnected",
    "ApprovalWaiting",
    "ApprovalEnded",
    "BreakGlass",
    "AuditChainLags",
    "NewDevice",
    "FactorAdded",
    "FactorRemoved",
    "FactorsReset",
    "RecoveryCodeUsed",
]
VIEW, TRANSFERS, REPORTS = "view-common", "view-transfers", "view-reports"


class Told(Value, frozen=True, kw_only=True, tag=True, tag_field="type"):
    """Its name is the type. `operation` is what one needs to see it, unless the one who posts it names another."""

    operation: ClassVar[str] = VIEW


class MarketTimeouts(Value, frozen=True, kw_only=True):
    market_id: str
    count: int


class ExternalOrderTimeout(Told, frozen=True, kw_only=True):
    """External orders that no liquidity provider answered in time; `interval` is from / before, as ISO 8601 writes it."""

    interval: str
    timeouts: list[MarketTimeouts]


class MarketFileApplied(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = "manage-markets"

    file_id: str
    name: str
    requested_by: str
    created: int
    updated: int
    errors: int


class MarketFileFailed(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = "manage-markets"

    file_id: str
    name: str
    requested_by: str
    reason: str


class CallbackDead(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = TRANSFERS

    webhook_id: str
    client_id: str
    host: str
    attempts: str
    reason: str


class CallbackRefusedByReceiver(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = TRANSFERS

    webhook_id: str
    client_id: str
    host: str
    attempts: str
    status: str


class CallbackHostFailing(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = TRANSFERS

    host: str
    failing_since: datetime


class CallbackHostPaused(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = TRANSFERS

    host: str
    failing_since: datetime


class ReportFailed(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = REPORTS

    report_id: str
    name: str
    reason: str
    template_id: str | None = None


class ReportMailFailed(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = REPORTS

    report_id: str
    name: str
    recipient: str
    owner: str
    reason: str


class ChangeSetNotApplied(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = "view-commission-rules"

    change_set_id: str
    name: str
    reason: str


class Violated(Value, frozen=True, kw_only=True):
    """An invariant of the books, and how often it is violated."""

    id: str
    words: str
    count: int


class BooksViolation(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = "view-balances"

    audit_pass: int = msgspec.field(name="pass")
    violated: list[Violated]


class SessionDisconnected(Told, frozen=True, kw_only=True):
    """A liquidity session that was connected is not any more; `markets` use it."""

    session_id: str
    name: str
    kind: str
    markets: int


class ApprovalWaiting(Told, frozen=True, kw_only=True):
    """`action` is the held call; only those who may approve it are told."""

    approval_id: str
    action: str
    requested_by: str
    about: str = ""
    expires_at: datetime | None = None


class ApprovalEnded(Told, frozen=True, kw_only=True):
    """What became of a held call, for whoever asked and those of their operation; `reason` where it was not done."""

    approval_id: str
    action: str
    requested_by: str
    state: str
    reason: str = ""


class BreakGlass(Told, frozen=True, kw_only=True):
    """Somebody did alone what others should have approved."""

    action: str
    done_by: str
    reason: str
    approval_id: str | None = None


class AuditChainLags(Told, frozen=True, kw_only=True):
    operation: ClassVar[str] = "view-audit"

    seconds: int
    records: int | None = None


class _OfOperator(Told, frozen=True, kw_only=True, tag=False):
    operation: ClassVar[str] = "manage-operators"

    operator_id: str
    operator: str
    network: str = ""
    agent: str = ""
    factor: str = ""
    by: str = ""
    reason: str = ""


class NewDevice(_OfOperator, frozen=True, kw_only=True, tag=True):
    """Somebody signed in from where they never did before."""


class FactorAdded(_OfOperator, frozen=True, kw_only=True, tag=True):
    pass


class FactorRemoved(_OfOperator, frozen=True, kw_only=True, tag=True):
    pass


class FactorsReset(_OfOperator, frozen=True, kw_only=True, tag=True):
    """Somebody else took all second factors of an operator away."""


class RecoveryCodeUsed(_OfOperator, frozen=True, kw_only=True, tag=True):
    pass


Data = (
    ExternalOrderTimeout
    | MarketFileApplied
    | MarketFileFailed
    | CallbackDead
    | CallbackRefusedByReceiver
    | CallbackHostFailing
    | CallbackHostPaused
    | ReportFailed
    | ReportMailFailed
    | ChangeSetNotApplied
    | BooksViolation
    | SessionDisconnected
    | ApprovalWaiting
    | ApprovalEnded
    | BreakGlass
    | AuditChainLags
    | NewDevice
    | FactorAdded
    | FactorRemoved
    | FactorsReset
    | RecoveryCodeUsed
)
OPERATION_OF = {cast(NotificationType, kind.__name__): cast(str, kind.operation) for kind in get_args(Data)}
