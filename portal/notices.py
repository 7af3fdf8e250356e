"""Where a notification leads: the object that it is about."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.urls import reverse

from backoffice.contracts import told


class Way(NamedTuple):
    label: str
    href: str


def _to(label: str, name: str, *fields: str, query: str = "") -> Callable[[Any], Way]:
    return lambda data: Way(label, reverse(f"portal:{name}", args=[getattr(data, field) for field in fields]) + query)


WAYS: Mapping[type[told.Told], Callable[[Any], Way]] = {
    told.ExternalOrderTimeout: _to("External orders", "orders-external", query="?status=TimeOut"),
    told.MarketFileApplied: _to("The file", "files-show", "file_id"),
    told.MarketFileFailed: _to("The file", "files-show", "file_id"),
    told.CallbackDead: _to("The callback", "callbacks-show", "webhook_id"),
    told.CallbackRefusedByReceiver: _to("The callback", "callbacks-show", "webhook_id"),
    told.CallbackHostFailing: _to("Callbacks and their hosts", "callbacks-list"),
    told.CallbackHostPaused: _to("Callbacks and their hosts", "callbacks-list"),
    told.ReportFailed: _to("The report", "reports-show", "report_id"),
    told.ReportMailFailed: _to("The report", "reports-show", "report_id"),
    told.ChangeSetNotApplied: _to("The change set", "commissions-change", "change_set_id"),
    told.BooksViolation: _to("The proof", "proof-show"),
    told.SessionDisconnected: _to("The liquidity session", "liquidity-show", "session_id"),
    told.AuditChainLags: _to("The audit trail", "audit-list"),
    told.ApprovalWaiting: _to("The approval", "approvals-show", "approval_id"),
    told.ApprovalEnded: _to("The approval", "approvals-show", "approval_id"),
    told.BreakGlass: _to("The audit trail", "audit-list"),
    told.NewDevice: _to("The operator", "operators-show", "operator_id"),
    told.FactorAdded: _to("The operator", "operators-show", "operator_id"),
    told.FactorRemoved: _to("The operator", "operators-show", "operator_id"),
    told.FactorsReset: _to("The operator", "operators-show", "operator_id"),
    told.RecoveryCodeUsed: _to("The operator", "operators-show", "operator_id"),
}


def way(data: told.Data) -> Way | None:
    found = WAYS.get(type(data))
    return found(data) if found else None
