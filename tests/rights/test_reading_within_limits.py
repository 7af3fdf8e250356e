"""Whoever is limited to groups is told nothing of the others, by whatever verb that reads (E5): it looks as if the rest were not there."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from dataclasses import fields as parts
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest
from django.apps import apps
from django.db import transaction

from backoffice.contracts import operations
from backoffice.contracts.accounts import AccountPatch
from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import CallbackQuery
from backoffice.contracts.charts import CandleQuery
from backoffice.contracts.commission_changes import ChangeSetQuery, ImpactQuery
from backoffice.contracts.commission_quotes import QuoteRequest
from backoffice.contracts.commissions import RuleCheck, RuleTarget
from backoffice.contracts.errors import NotFound, Refused
from backoffice.contracts.filters import Filter, PageQuery, RowsQuery
from backoffice.contracts.history import BalancesQuery, TransferQuery
from backoffice.contracts.markets import MarketPatch, MarketQuery
from backoffice.contracts.order_lists import OpenOrdersQuery
from backoffice.contracts.own_orders import OwnOrdersQuery
from backoffice.contracts.report_templates import TemplateQuery
from backoffice.contracts.reports import NewReport, ReportQuery
from backoffice.contracts.totals import MoneyQuery, PeriodQuery, RankedQuery, SeriesQuery, TopQuery, TotalsQuery
from backoffice.contracts.users import UserQuery
from backoffice.core.reached import OPEN, OPEN_APPS, TABLES
from backoffice.history import rollups
from backoffice.permissions import RULES, Reads
from backoffice.services import BackApi, Desk, back_api, desk
from tests.money.bank import OWNER
from tests.rights.two_groups import ABSENT, BY_ACCOUNTS, BY_MARKETS, NOW, OF_MARKETS, OUR_MARKETS, OURS, Ids, TwoGroups, limited, open_desk

BEFORE = datetime.now(UTC)
SINCE = [Filter(entry_type="Range", field="createdAt", value={"from": (NOW - timedelta(days=400)).isoformat()})]
ENDS: dict[str, Any] = {"from_": NOW - timedelta(days=2), "to": NOW + timedelta(days=2)}
# Arguments that name an object, one or many.
KINDS = {
    **{f"{kind}_id": kind for kind in Ids._fields},
    "subject_id": "transfer",
}
MANY = {"user_ids": "user", "account_ids": "account", "market_ids": "market"}
CONSTANTS: Mapping[str, Any] = {
    "asset_id": "usd",
    "calendar_id": "berlin",
    "session_id": "lp",
    "profile_id": "default",
    "at": NOW + timedelta(days=1),
    "start": NOW - timedelta(days=30),
    "end": NOW + timedelta(days=30),
    "format": "Csv",
    "patch": MarketPatch(status="Paused"),
    "change": AccountPatch(status="Closed"),
    "check": RuleCheck(commission_profile_rule=RuleTarget()),
    "current": "",
    "section": "markets",
    "since": 0,
}
# By the type of the argument called query, request or report.
ASKED: Mapping[Any, Callable[[Ids], list[Any]]] = {
    **{
        kind: lambda ids, kind=kind: [kind(), kind(filters=[Filter(entry_type="Exact", field="accountId", value=ids.account)])]
        for kind in (RowsQuery, PageQuery, OpenOrdersQuery, BalancesQuery)
    },
    **{kind: lambda ids, kind=kind: [kind(filters=SINCE), kind(filters=[])] for kind in (TotalsQuery, RankedQuery, PeriodQuery)},
    MarketQuery: lambda ids: [MarketQuery(), MarketQuery(search="zzz"), MarketQuery(market_ids=[ids.market])],
    UserQuery: lambda ids: [UserQuery(), UserQuery(search="zzz")],
    TransferQuery: lambda ids: [TransferQuery(), TransferQuery(search="zoe"), TransferQuery(account_id=ids.account)],
    CallbackQuery: lambda ids: [CallbackQuery(), CallbackQuery(search=ids.webhook), CallbackQuery(subject_id=ids.transfer)],
    CandleQuery: lambda ids: [CandleQuery(market_id=ids.market, interval="1h", date_from=NOW - timedelta(days=3), date_to=NOW + timedelta(days=3))],
    QuoteRequest: lambda ids: [QuoteRequest(account_id=ids.account, market_id=ids.market, side="Buy", amount=Decimal(1), price=Decimal(5))],
    SeriesQuery: lambda ids: [SeriesQuery(**ENDS)],
    MoneyQuery: lambda ids: [MoneyQuery(**ENDS)],
    TopQuery: lambda ids: [TopQuery(subject="Markets"), TopQuery(subject="Clients"), TopQuery(subject="Markets", **ENDS)],
    OwnOrdersQuery: lambda ids: [OwnOrdersQuery()],
    ReportQuery: lambda ids: [ReportQuery()],
    TemplateQuery: lambda ids: [TemplateQuery()],
    ChangeSetQuery: lambda ids: [ChangeSetQuery()],
    ImpactQuery: lambda ids: [ImpactQuery()],
    NewReport: lambda ids: [
        NewReport(report_name="Seen", source=source, format="Csv", filters=[])
        for source in (
            "Orders",
            "Trades",
            "Transfers",
            "UserBalances",
            "ClosedPositions",
            "UsersCommissions",
            "AccountsCommissions",
            "ActiveAccounts",
        )
    ],
}
TIMELINES = ("market", "market_group", "account", "user", "account_group", "transfer", "commission_rule", "commission_assignment")
# Verbs whose arguments cannot be told by their names, with those of each call.
BY_HAND: Mapping[str, Callable[[Ids], list[dict[str, Any]]]] = {
    "audit.timeline": lambda ids: [{"object_type": kind, "object_id": getattr(ids, kind.removeprefix("commission_"))} for kind in TIMELINES],
    "inbox.get": lambda ids: [{"kind": "Withdrawal", "subject_id": ids.transfer}],
    "audit.as_of": lambda ids: [{"object_type": kind, "object_id": getattr(ids, kind), "at": BEFORE} for kind in ("market", "market_group")],
    "audit.touched": lambda ids: [{"object_type": kind, "since": 0} for kind in TIMELINES],
    "audit.find": lambda ids: [{}, {"object_type": "account"}, {"object_type": "market", "object_id": ids.market}, {"object_type": "account_group"}],
}
# What they read belongs to nobody's group, or is made, asked for or decided on by names that a desk of this test does not have.
ELSEWHERE: Mapping[str, str] = {
    **{
        name: "a file is of whole markets: nothing of one is shown within limits, see core.reached"
        for name in RULES
        if name.startswith("market_files.")
    },
    **dict.fromkeys(("rule_files.get", "rule_files.errors", "rule_files.errors_file"), "as market files"),
    **dict.fromkeys(("commission_changes.get", "commission_changes.impact"), "drafts are hidden whole"),
    **{name: "about people of the desk" for name in RULES if name.startswith(("operators.", "roles.", "api_clients.", "own.", "factors."))},
    **{name: "signed links, or mails of reports that the limits of reading reports hide" for name in RULES if name.startswith("report_mail.")},
    **{name: "shown to who may decide, by what the approval is about" for name in RULES if name.startswith(("approvals.", "approval_policies."))},
    "audit.took": "it only writes down what somebody took",
    "access.explain": "it says what the guard would, which keeps what is out of reach and what is absent alike",
    "callbacks.settings": "of an API client",
    "report_templates.get": "as reports",
    "report_templates.skipped": "as reports",
    "report_templates.plan": "asks nothing of the database",
    "audit_chain.verify": "counts and hashes only",
}


@dataclass(frozen=True)
class Verb:
    name: str
    act: Callable[..., Any]
    hints: Mapping[str, Any]
    signature: inspect.Signature

    def calls(self, ids: Ids) -> list[dict[str, Any]]:
        if self.name in BY_HAND:
            return BY_HAND[self.name](ids)
        calls: list[dict[str, Any]] = [{}]
        for name, parameter in list(self.signature.parameters.items())[2:]:
            values = self.values(name, parameter, ids)
            calls = [{**call, name: value} for call in calls for value in values] if values else calls
        return calls

    def values(self, name: str, parameter: inspect.Parameter, ids: Ids) -> list[Any]:
        if name in KINDS:
            return [getattr(ids, KINDS[name])]
        if name in MANY:
            return [[getattr(ids, MANY[name])]]
        if (made := ASKED.get(self.hints.get(name))) is not None:
            return made(ids)
        if parameter.default is not inspect.Parameter.empty:
            return []
        return [CONSTANTS[name]]


def verbs() -> Iterator[Verb]:
    for face, built in ((BackApi, back_api()), (Desk, desk())):
        for capability, protocol in get_type_hints(face).items():
            for verb, promised in vars(protocol).items():
                name = f"{capability}.{verb}"
                rule = RULES.get(name)
                if isinstance(rule, Reads) and rule.operation != operations.WORKER and name not in ELSEWHERE:
                    act = getattr(getattr(built, capability), verb)
                    yield Verb(name, act, get_type_hints(promised), inspect.signature(promised))


@pytest.fixture
def two(db: None) -> TwoGroups:
    return open_desk()


@pytest.mark.parametrize(
    ("actor", "is_by_accounts"),
    [(BY_ACCOUNTS, True), (BY_MARKETS, False), (limited(account_groups=frozenset({OURS}), market_groups=frozenset({OUR_MARKETS})), True)],
    ids=["account groups", "market groups", "both"],
)
def test_no_verb_tells_of_what_is_not_ours(two: TwoGroups, actor: Actor, is_by_accounts: bool) -> None:
    hidden = two.of_accounts if is_by_accounts else two.of_markets
    theirs = _mixed(two, is_theirs=lambda kind: (kind in OF_MARKETS) != is_by_accounts)
    faults = []
    for verb in verbs():
        for call in verb.calls(two.ours):
            told = outcome(verb, actor, call)
            faults += [f"{verb.name}({call}) tells of {text}" for text in sorted(hidden) if text in told][:1]
        absent = _absent(two.ours, is_theirs=lambda kind: (kind in OF_MARKETS) != is_by_accounts)
        for asked, blank in zip(verb.calls(theirs), verb.calls(absent), strict=True):
            told = _without(outcome(verb, actor, asked), theirs)
            faults += [f"{verb.name}({asked}) tells of {text}" for text in sorted(hidden) if text in told][:1]
            if told != _without(outcome(verb, actor, blank), absent):
                faults.append(f"{verb.name}({asked}) answers otherwise than of what does not exist: {told[:300]}")
    assert not faults, "\n".join(faults)


def test_what_is_hidden_is_there_for_whoever_has_no_limits(two: TwoGroups) -> None:
    """Else the test above would prove nothing."""
    seen = "".join(outcome(verb, OWNER, call) for verb in verbs() for ids in (two.ours, two.theirs) for call in verb.calls(ids))
    missing = [text for text in two.of_accounts | two.of_markets if text not in seen]
    assert not missing


def test_who_is_limited_still_sees_what_is_theirs(two: TwoGroups) -> None:
    for actor in (BY_ACCOUNTS, BY_MARKETS):
        told = {verb.name: outcome(verb, actor, call) for verb in verbs() for call in verb.calls(two.ours)[:1]}
        failed = {name: text for name, text in told.items() if text.startswith("Refused") and name not in ("reports.get",)}
        assert not {name: text for name, text in failed.items() if "NotFound" in text or "Unreachable" in text}
        assert two.ours.order in told["order_lists.orders"]
        assert two.ours.account in told["accounts.by_id"]
        assert two.ours.market in told["markets.find"]


@pytest.mark.parametrize("is_folded", [True, False])
def test_totals_within_limits_are_those_of_the_same_question_filtered(two: TwoGroups, is_folded: bool) -> None:
    if not is_folded:
        rollups.rebuild()
    ours = Filter(entry_type="Exact", field="accountGroupId", value=OURS)
    of_markets = Filter(entry_type="Exact", field="marketGroupId", value=OUR_MARKETS)
    totals = back_api().totals
    for filters in (SINCE, []):
        for verb in (totals.account_assets, totals.user_assets, totals.assets, totals.users, totals.accounts):
            query = TotalsQuery if verb in (totals.account_assets, totals.user_assets, totals.assets) else RankedQuery
            assert _plain(verb(BY_ACCOUNTS, query(filters=filters))) == _plain(verb(OWNER, query(filters=[*filters, ours])))
            assert _plain(verb(BY_MARKETS, query(filters=filters))) == _plain(verb(OWNER, query(filters=[*filters, of_markets])))
        assert totals.billing(BY_ACCOUNTS, PeriodQuery(filters=filters)) == totals.billing(OWNER, PeriodQuery(filters=[*filters, ours]))
        assert totals.active_accounts(BY_ACCOUNTS, PeriodQuery(filters=filters)).total == 1
    assert _plain(totals.revenue(BY_MARKETS, RankedQuery(filters=SINCE))) == _plain(totals.revenue(OWNER, RankedQuery(filters=[*SINCE, of_markets])))
    whole, part = totals.series(OWNER, SeriesQuery(**ENDS)), totals.series(BY_ACCOUNTS, SeriesQuery(**ENDS))
    assert 0 < sum(point.trades for point in part) < sum(point.trades for point in whole)


def test_of_every_table_somebody_has_said_who_may_see_it() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    said = {name for name in tables if name in TABLES or name in OPEN or name.startswith(OPEN_APPS)}
    assert tables == said
    assert not OPEN & TABLES.keys()
    assert OPEN | TABLES.keys() <= tables


def test_every_verb_left_out_is_there_and_needs_it() -> None:
    assert set(ELSEWHERE) <= set(RULES)


def _mixed(two: TwoGroups, *, is_theirs: Callable[[str], bool]) -> Ids:
    return Ids(**{kind: getattr(two.theirs if is_theirs(kind) else two.ours, kind) for kind in Ids._fields})


def _absent(ours: Ids, *, is_theirs: Callable[[str], bool]) -> Ids:
    return Ids(**{kind: getattr(ABSENT if is_theirs(kind) else ours, kind) for kind in Ids._fields})


def _without(told: str, ids: Ids) -> str:
    """What was asked for may be said again."""
    for kind in sorted(Ids._fields, key=lambda kind: -len(getattr(ids, kind))):
        told = told.replace(getattr(ids, kind), f"<{kind}>")
    return told


def _plain(page: Any) -> str:
    return text_of(page)


def outcome(verb: Verb, actor: Actor, call: Mapping[str, Any]) -> str:
    try:
        with transaction.atomic():
            return text_of(verb.act(actor, **call))
    except Refused as refusal:
        said = f"{refusal.detail} {refusal.fields}"
        return f"Refused {type(refusal).__name__} {said}" if not isinstance(refusal, NotFound) else f"Refused NotFound {said}"


def text_of(value: Any) -> str:
    if hasattr(value, "read"):
        return str(value.read())
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, Path):
        return value.read_text(errors="replace") if value.exists() else str(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(text_of, value)) + "]"
    if is_dataclass(value):
        return "{" + ",".join(text_of(getattr(value, part.name)) for part in parts(value) if part.name != "row") + "}"
    if isinstance(value, type):
        return value.__name__
    return msgspec.json.encode(value).decode()
