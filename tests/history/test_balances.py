"""Balances as history shows them: exact, of one instant, in the root asset where a rate leads there."""

from decimal import Decimal

import pytest
from django.db import connection

from backoffice.contracts.assets import NewAsset
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.history import BALANCES_MOST, BalancesQuery
from backoffice.contracts.rates import NewPrice
from backoffice.services import back_api
from tests.history.ledgers import NOBODY, exact, like, span
from tests.money.bank import OWNER, deposit, open_account, open_bank, withdraw


@pytest.fixture
def bank(db: None) -> dict[str, str]:
    """Anna has two accounts, Ben one; 5 dollars of Anna's wait for a confirmation."""
    open_bank()
    accounts = {"main": open_account("anna"), "spare": open_account("anna", name="Spare"), "ben": open_account("ben")}
    deposit(accounts["main"], "100.25")
    withdraw(accounts["main"], "5")
    deposit(accounts["main"], "0.00000001", "btc")
    deposit(accounts["spare"], "7")
    deposit(accounts["ben"], "3")
    return accounts


def test_a_user_holds_what_all_accounts_hold_together(bank: dict[str, str]) -> None:
    rows = back_api().history.user_balances(OWNER, BalancesQuery()).items
    assert [(row.user_id, row.asset_id, row.total_asset_amount, row.available_asset_amount, row.locked_asset_amount) for row in rows] == [
        ("anna", "btc", Decimal("0.00000001"), Decimal("0.00000001"), Decimal(0)),
        ("anna", "usd", Decimal("107.25"), Decimal("102.25"), Decimal(5)),
        ("ben", "usd", Decimal(3), Decimal(3), Decimal(0)),
    ]
    assert (rows[0].rate_to_root_asset, rows[0].total_asset_amount_in_rat) == (Decimal("64000.5"), Decimal("0.000640005"))


def test_an_account_holds_its_own(bank: dict[str, str]) -> None:
    rows = back_api().history.account_balances(OWNER, BalancesQuery(filters=[exact("userId", "anna"), exact("assetId", "usd")])).items
    assert {(row.account_id, row.account_name, row.total_asset_amount) for row in rows} == {
        (bank["main"], "Main", Decimal("100.25")),
        (bank["spare"], "Spare", Decimal(7)),
    }


def test_the_total_of_a_user_is_the_sum_of_the_rows_shown(bank: dict[str, str]) -> None:
    total = back_api().history.user_balance_total(OWNER, "anna").total_balance_in_rat
    rows = back_api().history.user_balances(OWNER, BalancesQuery(filters=[exact("userId", "anna")])).items
    assert total == sum(row.total_asset_amount_in_rat or 0 for row in rows) == Decimal("107.250640005")


def test_a_user_without_money_has_none_and_an_unknown_one_does_not_exist(bank: dict[str, str]) -> None:
    open_account("carl")
    assert back_api().history.user_balance_total(OWNER, "carl").total_balance_in_rat == 0
    with pytest.raises(NotFound):
        back_api().history.user_balance_total(OWNER, "nobody")


def test_without_a_rate_nothing_is_said_in_the_root_asset(bank: dict[str, str]) -> None:
    back_api().assets.sync(OWNER, [NewAsset(id="eur", name="Euro", scale=2, type="Fiat")])
    deposit(bank["ben"], "5", "eur")
    row = back_api().history.user_balances(OWNER, BalancesQuery(filters=[exact("assetId", "eur")])).items[0]
    assert (row.total_asset_amount, row.rate_to_root_asset, row.total_asset_amount_in_rat) == (5, None, None)
    assert back_api().history.user_balance_total(OWNER, "ben").total_balance_in_rat is None
    assert back_api().history.user_balance_total(OWNER, "anna").total_balance_in_rat is not None


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([like("userEmail", "ANNA@")], 3),
        ([like("userEmail", "%")], 0),
        ([span("totalAssetAmount", start="7", end="100.25")], 1),
        ([span("totalAssetAmount", start=Decimal("100.25"))], 1),
        ([span("totalAssetAmountInRAT", end=1)], 1),
        ([exact("lockedAssetAmount", [5, "7"])], 1),
        ([exact("assetId", [])], 0),
        ([exact("accountName", "Main"), exact("userId", "ben")], 1),
    ],
)
def test_filters_narrow_accounts(bank: dict[str, str], entries: list[Filter], found: int) -> None:
    assert len(back_api().history.account_balances(OWNER, BalancesQuery(filters=entries)).items) == found


def test_pages_meet_without_a_gap_in_either_direction(bank: dict[str, str]) -> None:
    for direction in ("Asc", "Desc"):
        sort = Sort(field="totalAssetAmount", direction=direction)
        whole = back_api().history.account_balances(OWNER, BalancesQuery(sort=sort)).items
        paged, after = [], None
        while True:
            page = back_api().history.account_balances(OWNER, BalancesQuery(sort=sort, limit=1, after=after))
            paged += page.items
            if (after := page.next) is None:
                break
        assert paged == whole
        assert len(paged) == 4


def test_more_rows_than_anybody_asked_for_are_refused_and_not_cut(bank: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_account (id, user_id, name, type, group_id, status, version)
            SELECT lpad(to_hex(n), 24, '0'), 'ben', 'n', 'Netting', 'retail', 'Active', 1 FROM generate_series(1, %s) n""",
            [BALANCES_MOST],
        )
        # Else the check of each reference reads the whole table, as was right when it was small.
        cursor.execute("ANALYZE accounts_account")
        cursor.execute("INSERT INTO ledger_balance (account_id, asset_id) SELECT id, 'usd' FROM accounts_account WHERE name = 'n'")
    with pytest.raises(Invalid) as refused:
        back_api().history.account_balances(OWNER, BalancesQuery())
    assert refused.value.code == "too_many_rows"
    assert len(back_api().history.account_balances(OWNER, BalancesQuery(limit=3)).items) == 3
    assert len(back_api().history.account_balances(OWNER, BalancesQuery(filters=[exact("userId", "anna")])).items) == 3


def test_nobody_sees_balances_without_the_right(bank: dict[str, str]) -> None:
    for ask in (back_api().history.user_balances, back_api().history.account_balances):
        with pytest.raises(NotPermitted):
            ask(NOBODY, BalancesQuery())
    with pytest.raises(NotPermitted):
        back_api().history.user_balance_total(NOBODY, "anna")


def test_the_present_rate_counts(bank: dict[str, str]) -> None:
    back_api().rates.set_prices(OWNER, [NewPrice(base_asset_id="btc", quote_asset_id="usd", price=Decimal(70_000), source="tests")])
    row = back_api().history.user_balances(OWNER, BalancesQuery(filters=[exact("assetId", "btc")])).items[0]
    assert row.total_asset_amount_in_rat == Decimal("0.0007")
