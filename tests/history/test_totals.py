"""What questions about totals refuse, what they cost, and what they read."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from backoffice.contracts.errors import Invalid, NotPermitted, TooCostly
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.totals import MoneyQuery, PeriodQuery, RankedQuery, SeriesQuery, TopQuery, TotalsQuery
from backoffice.core import sources
from backoffice.history import activity, totals_lists
from backoffice.history.asked import Sql, asked, utc_now
from backoffice.history.totals_lists import TotalsList
from backoffice.markets.models import Asset
from backoffice.services import back_api
from tests.api.callers import OWNER
from tests.history.ledgers import NOBODY, exact, like, span
from tests.history.totals_desk import MOMENTS, write
from tests.history.totals_model import Trade

TRADE = Trade(MOMENTS[0], "anna", "spot.btc_eur", "Buy", Decimal("0.5"), Decimal(100), Decimal("1.25"), "eur", Decimal(2), Decimal("2.5"), Decimal(1))
OCTOBER = span("createdAt", start="2026-10-01T00:00:00Z", end="2026-11-01T00:00:00Z")
EVERY = [
    totals_lists.USERS,
    totals_lists.ACCOUNT_LIST,
    totals_lists.ACCOUNT_ASSET_LIST,
    totals_lists.USER_ASSET_LIST,
    totals_lists.ASSET_LIST,
    totals_lists.REVENUE,
]
RANKED = ("users", "accounts", "revenue")


def ask(name: str, **query: Any) -> Any:
    return getattr(back_api().totals, name)(OWNER, (RankedQuery if name in RANKED else TotalsQuery)(**query)).items


def plan(sql: Sql, *before: str) -> str:
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        cursor.execute(f"EXPLAIN {sql.text}", sql.values)
        return "\n".join(line for (line,) in cursor.fetchall())


def statement(of: TotalsList[Any], *filters: Filter) -> Sql:
    found = totals_lists.statement(of, asked(filters, of.dimensions, of.figures, utc_now()), sources.order_of(of.source, None), [], utc_now())
    return Sql(found.text, (*found.values, 100, 0))


def test_each_row_says_whose_it_is(accounts: dict[str, str]) -> None:
    write([TRADE], accounts)
    period = [span("createdAt", start="2026-01-01T00:00:00Z")]
    (user,) = ask("users", filters=period)
    assert (user.user_id, user.user_email, user.status, user.total_balance_in_rat) == ("anna", "anna@example.com", "Active", 0)
    assert (user.total_commission_in_rat, user.total_traded_volume_in_rat) == (Decimal("2.5"), Decimal("62.5"))
    (account,) = ask("accounts", filters=period)
    assert (account.user_id, account.user_email, account.account_id, account.account_name) == ("anna", "anna@example.com", accounts["anna"], "anna")
    base, quote = ask("account_assets", filters=period)
    assert (base.user_id, base.account_id, base.account_name, base.asset_id, base.asset_name) == ("anna", accounts["anna"], "anna", "btc", "BTC")
    assert (base.total_asset_amount, base.total_asset_amount_in_rat, base.total_asset_commission) == (Decimal("0.5"), Decimal("62.5"), 0)
    assert (quote.asset_id, quote.total_asset_amount, quote.total_asset_amount_in_rat) == ("eur", 50, Decimal("62.5"))
    assert (quote.total_asset_commission, quote.total_asset_commission_in_rat) == (2, Decimal("2.5"))
    assert [(row.user_id, row.asset_id, row.asset_name) for row in ask("user_assets", filters=period)] == [
        ("anna", "btc", "BTC"),
        ("anna", "eur", "EUR"),
    ]
    bitcoin, _ = ask("assets", filters=period)
    created = Asset.objects.get(pk="btc").created_at
    assert (bitcoin.asset_id, bitcoin.asset_name, bitcoin.asset_amount_scale, bitcoin.created_at) == ("btc", "BTC", 8, created)


def test_a_balance_without_a_rate_is_none(accounts: dict[str, str]) -> None:
    write([TRADE], accounts)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_balance (account_id, asset_id, total) VALUES (%s, 'link', 5)", [accounts["savings"]])
    (user,), (account,) = ask("users"), ask("accounts")
    assert (user.total_balance_in_rat, account.total_balance_in_rat) == (None, 0)


@pytest.mark.parametrize("name", ["users", "accounts", "account_assets", "user_assets", "assets", "revenue"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"filters": [exact("password", "x")]}, "filters[0].field"),
        ({"filters": [exact("user__password", "x")]}, "filters[0].field"),
        ({"filters": [like("side", "Bu")]}, "filters[0].entryType"),
        ({"filters": [exact("side", "Both")]}, "filters[0].value"),
        ({"filters": [span("createdAt", start="yesterday")]}, "filters[0].value"),
        ({"filters": [span("createdAt")]}, "filters[0].value"),
        ({"filters": [exact("accountId", "\0")]}, "filters[0].value"),
        ({"sort": Sort(field="createdAt")}, "sort.field"),
        ({"sort": Sort(field="totalBalanceInRAT")}, "sort.field"),
        ({"limit": 0}, "limit"),
        ({"limit": 20_001}, "limit"),
        ({"after": "nonsense"}, "after"),
    ],
    ids=str,
)
def test_what_is_refused(accounts: dict[str, str], name: str, query: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(name, **query)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("query", [{"offset": -1}, {"offset": 10_001}, {"offset": 1, "after": "x"}, {"limit": 1_001}], ids=str)
def test_offsets_have_a_reach(accounts: dict[str, str], query: dict[str, Any]) -> None:
    for name in RANKED:
        with pytest.raises(Invalid):
            ask(name, **query)


def test_a_list_by_asset_comes_whole_or_not_at_all(accounts: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            INSERT INTO accounts_account (id, user_id, name, type, group_id, status, version)
            SELECT lpad(to_hex(n), 24, '0'), 'anna', 'many', 'Hedging', 'retail', 'Active', 1 FROM generate_series(1, 20001) n;
            INSERT INTO history_accountassettotal (unit, start, account_id, asset_id, parts, amount, amount_in_rat, commission, commission_in_rat)
            SELECT 'Month', '2026-10-01T00:00Z', lpad(to_hex(n), 24, '0'), 'btc', 1, 1, 1, 0, 0 FROM generate_series(1, 20001) n;
            ANALYZE accounts_account, history_accountassettotal
        """)
    with pytest.raises(Invalid) as refusal:
        ask("account_assets")
    assert refusal.value.code == "too_many_rows"
    assert len(ask("account_assets", limit=20_000)) == 20_000
    assert len(ask("user_assets")) == 1


def test_what_takes_too_long_is_refused_with_advice(accounts: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO history_delta (at, account_id, market_id, market_type, commission_asset_id, orders, trades, base_amount, quote_amount,
                volume_in_rat, commission, commission_in_rat, markup_in_rat)
            SELECT now(), %s, 'cfd.xau_usd', 'Cfd', 'usd', 0, 1, n, n, n, n, n, n FROM generate_series(1, 100000) n
            """,
            [accounts["anna"]],
        )

    def hurried() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            ask("users")

    with pytest.raises(TooCostly) as refusal:
        hurried()
    assert "narrow it" in refusal.value.fields["filters"][0]


@pytest.mark.parametrize("of", EVERY, ids=lambda of: of.row.__name__)
def test_whole_months_read_no_record(accounts: dict[str, str], of: TotalsList[Any]) -> None:
    for filters in ([], [OCTOBER], [OCTOBER, exact(next(iter(of.keys)), "x")]):
        assert "trading_" not in plan(statement(of, *filters))
    assert "trading_execution" in plan(statement(of, OCTOBER, exact("side", "Buy")))


def test_billing_of_whole_months_reads_no_record(accounts: dict[str, str]) -> None:
    for filters in ([], [OCTOBER], [OCTOBER, exact("accountGroupId", "retail")]):
        assert "trading_" not in plan(activity.billing(filters, utc_now()))


@pytest.mark.parametrize("of", EVERY, ids=lambda of: of.row.__name__)
def test_the_edges_of_a_period_are_found_by_index(accounts: dict[str, str], of: TotalsList[Any]) -> None:
    found = plan(statement(of, span("createdAt", start="2026-09-29T01:00:00Z", end="2026-11-01T00:00:00Z")), "SET LOCAL enable_seqscan = off")
    assert "Seq Scan on trading_" not in found
    assert any("Index Cond" in line and "at >=" in line for line in found.splitlines())
    assert of.rollups[0].table in found


@pytest.mark.parametrize("name", ["users", "accounts", "account_assets", "user_assets", "assets", "revenue"])
def test_a_page_is_one_statement(accounts: dict[str, str], name: str, django_assert_num_queries: Any) -> None:
    write([TRADE, TRADE._replace(account="boris", market="cfd.xau_usd")], accounts)
    with django_assert_num_queries(1):
        ask(name, filters=[like("userEmail", "an")] if name != "revenue" else [], limit=1)


def test_every_other_answer_is_one_statement(accounts: dict[str, str], django_assert_num_queries: Any) -> None:
    totals, ends = back_api().totals, {"from_": datetime(2026, 10, 1, 1, tzinfo=UTC), "to": datetime(2026, 11, 2, 3, tzinfo=UTC)}
    with django_assert_num_queries(6):
        totals.billing(OWNER, PeriodQuery())
        totals.active_accounts(OWNER, PeriodQuery())
        totals.series(OWNER, SeriesQuery(**ends))
        totals.top(OWNER, TopQuery(subject="Clients", **ends))
        totals.top(OWNER, TopQuery(subject="Markets", **ends))
        totals.money(OWNER, MoneyQuery(**ends))


def test_totals_are_for_those_who_may_see_them(db: None) -> None:
    totals = back_api().totals
    ends = {"from_": datetime(2026, 10, 1, tzinfo=UTC), "to": datetime(2026, 11, 1, tzinfo=UTC)}
    asks: dict[str, Any] = {
        "view-commissions": [
            *(lambda name=name: getattr(totals, name)(NOBODY, TotalsQuery()) for name in ("account_assets", "user_assets", "assets")),
            *(lambda name=name: getattr(totals, name)(NOBODY, RankedQuery()) for name in ("users", "accounts")),
            lambda: totals.series(NOBODY, SeriesQuery(**ends)),
            lambda: totals.top(NOBODY, TopQuery(subject="Clients")),
        ],
        "view-markup-revenue": [lambda: totals.revenue(NOBODY, RankedQuery())],
        "view-billing-info": [lambda: totals.billing(NOBODY, PeriodQuery())],
        "view-active-accounts": [lambda: totals.active_accounts(NOBODY, PeriodQuery())],
        "view-transfers": [lambda: totals.money(NOBODY, MoneyQuery(**ends))],
        "worker": [lambda: totals.fold(OWNER), lambda: totals.rebuild(OWNER)],
    }
    for operation, calls in asks.items():
        for call in calls:
            with pytest.raises(NotPermitted, match=operation):
                call()


def test_numbers_come_as_numbers(accounts: dict[str, str], anybody: Any) -> None:
    write([TRADE._replace(base=Decimal("1E-18"), fee_in_rat=Decimal("1E-18"))], accounts)
    body = {"filters": [{"entryType": "Range", "field": "createdAt", "value": {"from": "2026-01-01T00:00:00Z"}}]}
    answer = anybody.send("POST", "/api/v1/markups/revenue", body, media="application/json; x-api-version=1.0")
    assert b'"tradedVolume":0.000000000000000001,' in answer.content
    assert b'"commissionProfitInRat":0.000000000000000001' in answer.content
    answer = anybody.send("POST", "/api/commissions/users", {"limit": 1}, media="application/json; x-api-version=1.0")
    assert b'"totalCommissionInRAT":0.000000000000000001' in answer.content


def test_the_commands_say_what_they_did(accounts: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    write([TRADE], accounts)
    call_command("fold_totals")
    call_command("rebuild_totals")
    call_command("fold_totals")
    folded, rebuilt, again = capsys.readouterr().out.splitlines()
    assert (folded, again) == ("2 records folded", "0 records folded")
    assert rebuilt.startswith("totals rebuilt in")
