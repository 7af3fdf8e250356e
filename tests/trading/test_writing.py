"""What the bulk writer writes is what others write: lists, balances and the auditor cannot tell the difference."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backoffice.core.models import AuditChange, AuditRecord
from backoffice.services import BackApi
from backoffice.trading import writing
from backoffice.trading.models import Closing, Execution, ExternalOrder, Funding, Order, Position, Swap, UnsolicitedTrade
from backoffice.trading.writing import Batch
from tests.api.callers import OWNER
from tests.money.audited import assert_books_balance
from tests.trading.records import Teller, Told, fill, tell


@pytest.fixture
def told(api: BackApi, accounts: dict[str, str]) -> Told:
    return tell(api, accounts["anna"])


def test_all_of_a_batch_is_there_and_the_books_balance(told: Told, api: BackApi) -> None:
    models = (Order, ExternalOrder, Execution, Position, Closing, Swap, Funding, UnsolicitedTrade)
    assert [model.objects.count() for model in models] == [10, 1, 9, 3, 2, 1, 1, 2]
    assert_books_balance()
    held = {one.asset_id: (one.total, one.locked) for one in api.ledger.balances(OWNER, told.account)}
    assert held == {
        "btc": (Decimal("1.24"), Decimal("0.2")),
        "eur": (Decimal("200000") - 90005 - 60 - Decimal("30.02") + Decimal("18300") - Decimal("18.3") - Decimal("2000.03"), Decimal("3000.04")),
        "usd": (Decimal("10000") - 2 + 402 - Decimal("0.84") - Decimal("0.33") - Decimal("12.8") + Decimal("12.82"), Decimal(0)),
    }
    assert [(one.kind, one.subject_id) for one in api.ledger.holds(OWNER, told.account)] == [("Order", told.partly), ("Order", told.resting)]


def test_a_deposit_of_the_past_is_a_transfer_like_any_other(told: Told, api: BackApi) -> None:
    detail = api.transfers.detail(OWNER, told.deposited)
    assert (detail.transfer.status, detail.transfer.amount, detail.caller, len(detail.events)) == ("Completed", 200_000, "system:tests", 1)
    assert detail.journal_id is not None
    assert api.ledger.journal(OWNER, detail.journal_id).kind == "Deposit"
    record = AuditRecord.objects.get(changes__object_type="transfer", changes__object_id=told.deposited)
    assert (record.action, AuditChange.objects.filter(record=record).count()) == ("transfers.deposit", 2)


def test_what_a_later_batch_says_of_a_position_and_a_balance_holds(told: Told, api: BackApi, accounts: dict[str, str]) -> None:
    teller = Teller(accounts["boris"], "boris")
    teller.count = 1_000
    teller.deposit("usd", "100")
    teller.write()
    teller.deposit("usd", "50")
    teller.write()
    assert_books_balance()
    (balance,) = api.ledger.balances(OWNER, accounts["boris"])
    assert balance.total == 150


def test_a_batch_that_somebody_else_overtook_is_undone(told: Told, api: BackApi, accounts: dict[str, str]) -> None:
    first, second = (Teller(accounts["boris"], "boris") for _ in range(2))
    first.count, second.count = 1_000, 2_000
    first.deposit("usd", "100")
    first.write()
    second.deposit("usd", "70")
    with pytest.raises(IntegrityError, match="entry_number_is_unique"), transaction.atomic():
        second.write()
    assert_books_balance()
    assert api.ledger.balances(OWNER, accounts["boris"])[0].total == 100


def test_an_event_moves_money_once(told: Told) -> None:
    (fill_id,) = Execution.objects.filter(order_id=told.sold).values_list("pk", flat=True)
    line = f"{fill_id}\tTrade\t{fill_id}\t2026-11-02T09:00:00+00:00\n"
    for wrong, why in ((line, "ledger_journal_pkey"), (line.replace(fill_id, "OTHER", 1), "journal_of_an_event_has_its_id")):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            writing.write(OWNER, Batch(journals=[wrong]))


def test_a_hold_is_of_something(told: Told) -> None:
    teller = Teller(told.account, "anna")
    teller.hold("01NOBODY000000000000000000", "usd", "1")
    teller.batch.balances = []
    with transaction.get_connection().cursor() as cursor:
        # Otherwise at the commit, which a test never comes to.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="of no transfer and of no order"), transaction.atomic():
        writing.write(OWNER, teller.batch)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trading_closing SET realized_pnl_in_rat = 0",
        "UPDATE trading_swap SET amount = 1",
        "UPDATE trading_funding SET rate = 0",
        "UPDATE trading_unsolicitedtrade SET price = 1",
        "DELETE FROM trading_position",
        "DELETE FROM trading_externalorder",
    ],
)
def test_what_happened_stays(told: Told, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), transaction.get_connection().cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "wrong",
    [
        {"markup_in_rat": "-1"},
        {"realized_pnl_in_rat": "5", "position_id": None},
        {"position_id": "01POSITION"},
        {"maker_price": "0"},
        {"realized_pnl_in_rat": "1e25", "position_id": "01POSITION"},
    ],
    ids=str,
)
def test_a_fill_of_a_position_is_a_sane_one(told: Told, accounts: dict[str, str], wrong: dict[str, str | None]) -> None:
    of = Order.objects.get(pk=told.sold)
    market = "spot.btc_eur" if set(wrong) == {"position_id"} else "cfd.xau_usd"
    with pytest.raises(IntegrityError), transaction.atomic():
        Execution.objects.create(
            **{"id": "WRONG", "order": of, "seq": 9, "at": of.created_at, "account_id": of.account_id, "user_id": "anna", "market_id": market,
               "market_type": market.split(".")[0].title(), "side": "Buy", "base_amount": 1, "lots": None if market.startswith("spot") else 1,
               "price": 1, "quote_asset_id": "usd", "rate_to_root": 1, "commission_asset_id": "usd", "commission": 0, "commission_in_rat": 0,
               "rule_id": "rule"} | wrong
        )  # fmt: skip


def test_the_type_of_a_market_follows_from_its_id(told: Told) -> None:
    assert set(Order.objects.values_list("market_id", "market_type")) == {
        ("spot.btc_eur", "Spot"), ("cfd.xau_usd", "Cfd"), ("cfd.eur_jpy", "Cfd"), ("perp.btc_usd", "Perp"),
    }  # fmt: skip
    assert fill("1", "2")["base_amount"] == 1
