"""A desk of two account groups and two market groups, with some of everything in both; what is not ours bears names that nothing else has."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from backoffice.callbacks.models import Attempt, Callback
from backoffice.contracts import operations
from backoffice.contracts.accounts import NewAccount, NewAccountGroup
from backoffice.contracts.actor import Actor, Scope
from backoffice.contracts.calendars import NewCalendar
from backoffice.contracts.categories import CategoryDraft, CategoryTreeDraft
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.reports import NewReport
from backoffice.contracts.users import NewUser
from backoffice.history import rollups
from backoffice.markets.models import Candle
from backoffice.operators.rights import UNLIMITED
from backoffice.services import back_api
from tests.commissions.conftest import add_rule, assign
from tests.domain.conftest import cfd, spot
from tests.history.trading import fill
from tests.money.bank import OWNER, deposit, open_bank, withdraw

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OURS, THEIRS = "retail", "vip-zzz"
OUR_MARKETS, THEIR_MARKETS = "majors", "exotic-zzz"


class Ids(NamedTuple):
    """One of each; `of` names them by the words of arguments."""

    account: str
    user: str
    account_group: str
    transfer: str
    webhook: str
    journal: str
    order: str
    execution: str
    assignment: str
    report: str
    market: str
    market_group: str
    rule: str


ABSENT = Ids(*(f"absent{number:02}" for number in range(len(Ids._fields))))
OF_MARKETS = ("market", "market_group", "rule")


class TwoGroups(NamedTuple):
    ours: Ids
    theirs: Ids
    # Texts that only what is not ours has, for whoever is limited by accounts, and by markets.
    of_accounts: set[str]
    of_markets: set[str]


def limited(**limits: Any) -> Actor:
    """Holds everything, within limits wherever there can be any."""
    scopes = {name: (Scope(**limits),) for name in operations.ALL if name not in UNLIMITED}
    held = frozenset({*operations.ALL, operations.OWN})
    return Actor(kind="operator", id="ann", name="Ann", door="portal", operations=held, scopes=scopes, user_id="anna")


BY_ACCOUNTS, BY_MARKETS = limited(account_groups=frozenset({OURS})), limited(market_groups=frozenset({OUR_MARKETS}))


def open_desk() -> TwoGroups:
    api = back_api()
    open_bank()
    api.account_groups.create(OWNER, NewAccountGroup(account_group_id=THEIRS, name="VIP zzz"))
    for id, name in ((OUR_MARKETS, "Majors"), (THEIR_MARKETS, "Exotic zzz")):
        api.market_groups.create(OWNER, NewMarketGroup(market_group_id=id, name=name))
    api.calendars.create(OWNER, NewCalendar(calendar_id="berlin", name="Berlin", time_zone_id="Europe/Berlin", trading_sessions=[]))
    api.liquidity_sessions.create(OWNER, NewLiquiditySession(id="lp", kind="Trading", name="LP orders", liquidity_provider_id="lp"))
    markets = {"ours": _market("btc", "usd", OUR_MARKETS, "BTC/USD"), "theirs": _market("xau", "usd", THEIR_MARKETS, "GOLDZZZ")}
    api.categories.replace(OWNER, CategoryTreeDraft(categories=[CategoryDraft(name="All", markets=list(markets.values()))]))
    accounts = {_account("anna", OURS, "Main"): "anna", _account("zoezzz", THEIRS, "Zoe zzz main"): "zoezzz"}
    mine, other = accounts
    for account in accounts:
        deposit(account, "1000")
        deposit(account, "0.5", "btc")
        for market in markets.values():
            fill({account: accounts[account]}, seed=3, markets=[market], orders=6)
    rollups.rebuild()
    ours = _ids(mine, "anna", OURS, markets["ours"], OUR_MARKETS)
    theirs = _ids(other, "zoezzz", THEIRS, markets["theirs"], THEIR_MARKETS)
    # On the market that both may see, for nobody is to be hidden by the other limit.
    named = {"VIP zzz", "Zoezzz", "zoezzz@example.com", "Zoe zzz main", "zzz report", *(getattr(theirs, name) for name in theirs._fields)}
    of_markets = {theirs.market, theirs.market_group, theirs.rule, "GOLDZZZ", "Exotic zzz"}
    by_account, by_market = _rows("account_id", other), _rows("market_id", theirs.market)
    return TwoGroups(ours, theirs, (named - of_markets) | by_account, of_markets | by_market)


def _market(base: str, quote: str, group: str, name: str) -> str:
    more: dict[str, Any] = {"display_name": name, "full_name": name, "status": "Disabled", "calendar_id": None, "market_group_id": group}
    draft = cfd(base, quote, trading_session_ids=["lp"], **more) if base == "xau" else spot(base, quote, trading_session_ids=["lp"], **more)
    id = back_api().markets.create(OWNER, draft).market_id
    Candle.objects.create(market_id=id, interval="1h", start=NOW - timedelta(hours=1), open=1, high=1, low=1, close=1)
    return id


def _account(user: str, group: str, name: str) -> str:
    back_api().users.create(OWNER, NewUser(user_id=user, email=f"{user}@example.com", name=user.title()))
    return back_api().accounts.create(OWNER, user, NewAccount(account_name=name, account_group_id=group, account_type="Hedging")).account_id


def _ids(account: str, user: str, group: str, market: str, market_group: str) -> Ids:
    transfer = withdraw(account, "20").transfer_id
    webhook = f"evt_{user}"
    row = {"seq": 1, "client_id": "crm", "url": "https://crm.example.com/", "host": "crm.example.com", "type": "Transfer", "body": b"{}"}
    times = {"created_at": NOW, "next_attempt_at": NOW, "state": "Dead", "attempts": 1, "finished_at": NOW, "dead_reason": "gone"}
    Callback.objects.create(webhook_id=webhook, subject_id=transfer, **row | times)
    Attempt.objects.create(callback_id=webhook, number=1, at=NOW, milliseconds=1, outcome="Refused", status=500)
    one = "SELECT min(id) FROM {} WHERE account_id = %s AND market_id = %s"
    report = NewReport(report_name=f"{user} report", source="Orders", format="Csv")
    return Ids(
        account=account,
        user=user,
        account_group=group,
        transfer=transfer,
        webhook=webhook,
        journal=scalar("SELECT min(journal_id) FROM ledger_entry WHERE account_id = %s", account),
        order=scalar(one.format("trading_order"), account, market),
        execution=scalar(one.format("trading_execution"), account, market),
        assignment=assign("default", account_id=account),
        report=back_api().reports.create(OWNER, report).id,
        market=market,
        market_group=market_group,
        rule=add_rule(market),
    )


def _rows(column: str, value: str) -> set[str]:
    tables = ("order", "externalorder", "execution", "unsolicitedtrade", "swap", "funding")
    union = " UNION ALL ".join(f"SELECT id FROM trading_{table} WHERE {column} = %(value)s" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"{union} UNION ALL SELECT order_id FROM trading_closing WHERE {column} = %(value)s", {"value": value})
        return {id for (id,) in cursor.fetchall()}


def scalar(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
