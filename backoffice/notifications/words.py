"""A notification in words: what happened, and what of it one wants to know at once. The same on a page, in a toast and in a mail."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from backoffice.contracts import told

MARKETS_NAMED, LONGEST = 3, 300
INTERVAL = re.compile(r"[\d-]+T(?P<start>\d\d:\d\d):00Z/[\d-]+T(?P<end>\d\d:\d\d):00Z")
TITLES: Mapping[str, str] = {
    "ExternalOrderTimeout": "External orders timed out",
    "MarketFileApplied": "{data.name} is applied",
    "MarketFileFailed": "{data.name} was not applied",
    "CallbackDead": "A callback to {data.host} has died",
    "CallbackRefusedByReceiver": "{data.host} refuses a callback",
    "CallbackHostFailing": "{data.host} has taken no callback for a day",
    "CallbackHostPaused": "Callbacks to {data.host} are paused",
    "ReportFailed": "The report {data.name} failed",
    "ReportMailFailed": "The report {data.name} was not mailed",
    "ChangeSetNotApplied": "The change set {data.name} was not applied",
    "BooksViolation": "The books do not balance",
    "SessionDisconnected": "The liquidity session {data.name} is disconnected",
    "ApprovalWaiting": "Something waits for an approval",
    "ApprovalEnded": "What {data.requested_by} asked for is {data.state}",
    "BreakGlass": "{data.done_by} acted without the approval of others",
    "AuditChainLags": "The chain of the audit trail lags behind",
    "NewDevice": "{data.operator} signed in from a new device",
    "FactorAdded": "{data.operator} has a new second factor",
    "FactorRemoved": "{data.operator} has a second factor less",
    "FactorsReset": "The second factors of {data.operator} were reset",
    "RecoveryCodeUsed": "{data.operator} signed in by a recovery code",
}


def title(data: told.Data) -> str:
    return TITLES[type(data).__name__].format(data=data)


def detail(data: told.Data) -> str:
    found = DETAILS[type(data).__name__](data)
    return found if len(found) <= LONGEST else found[: LONGEST - 1] + "…"


def _plural(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def _act(action: str) -> str:
    """markets.update: Update of markets"""
    about, _, verb = action.partition(".")
    return _sentence((f"{verb} of {about}" if verb else about).replace("_", " "))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _timeouts(data: told.ExternalOrderTimeout) -> str:
    named = [f"{one.market_id} {one.count:,}" for one in data.timeouts[:MARKETS_NAMED]]
    if left := len(data.timeouts) - len(named):
        named.append(_plural(left, "more market"))
    return _joined(_plural(sum(one.count for one in data.timeouts), "order"), ", ".join(named), _between(data.interval))


def _between(interval: str) -> str:
    """2026-11-24T12:00:00Z/2026-11-24T12:05:00Z: 12:00 to 12:05 UTC. Any other text stays as it is."""
    found = INTERVAL.fullmatch(interval)
    return f"{found['start']} to {found['end']} UTC" if found else interval


def _violations(data: told.BooksViolation) -> str:
    return "; ".join(f"{one.words} ({one.count:,})" for one in data.violated) or f"Audit pass {data.audit_pass}"


def _approval(data: told.ApprovalWaiting) -> str:
    until = f"until {data.expires_at:%Y-%m-%d %H:%M} UTC" if data.expires_at else ""
    return _joined(_act(data.action), data.about, f"asked by {data.requested_by}", until)


def _session(data: told.SessionDisconnected) -> str:
    kind = re.sub("(?<=[a-z])(?=[A-Z])", " ", data.kind).lower()
    return _joined(_sentence(kind), f"used by {_plural(data.markets, 'market')}")


def _person(data: Any) -> str:
    return _joined(data.factor, data.network, data.agent[:80], f"by {data.by}" if data.by else "", data.reason)


DETAILS: Mapping[str, Callable[[Any], str]] = {
    "ExternalOrderTimeout": _timeouts,
    "MarketFileApplied": lambda data: _joined(
        f"{data.created:,} created, {data.updated:,} updated, {_plural(data.errors, 'fault')}", f"asked by {data.requested_by}"
    ),
    "MarketFileFailed": lambda data: _joined(data.reason, f"asked by {data.requested_by}"),
    "CallbackDead": lambda data: _joined(_sentence(data.reason), f"{data.attempts} tries"),
    "CallbackRefusedByReceiver": lambda data: f"It answered {data.status} to try {data.attempts}",
    "CallbackHostFailing": lambda data: f"Nothing but failures since {data.failing_since:%Y-%m-%d %H:%M} UTC",
    "CallbackHostPaused": lambda data: f"Failing since {data.failing_since:%Y-%m-%d %H:%M} UTC; they wait until somebody resumes them",
    "ReportFailed": lambda data: data.reason,
    "ReportMailFailed": lambda data: _joined(data.recipient, data.reason),
    "ChangeSetNotApplied": lambda data: data.reason,
    "BooksViolation": _violations,
    "SessionDisconnected": _session,
    "ApprovalWaiting": _approval,
    "ApprovalEnded": lambda data: _joined(_act(data.action), data.reason),
    "BreakGlass": lambda data: _joined(_act(data.action), data.reason),
    "AuditChainLags": lambda data: f"By {_plural(data.seconds, 'second')}",
    "NewDevice": _person,
    "FactorAdded": _person,
    "FactorRemoved": _person,
    "FactorsReset": _person,
    "RecoveryCodeUsed": _person,
}
