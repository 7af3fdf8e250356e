"""A deposit is done once, whoever repeats it however often, and what is refused changes nothing."""

from decimal import Decimal

import pytest

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.core.models import AuditChange, AuditRecord
from backoffice.services import back_api
from tests.money import bank
from tests.money.bank import GATEWAY, OTHER, balance, deposit, everything, scalar, wanted


def test_the_money_is_there_and_the_books_say_where_it_came_from(account: str) -> None:
    made = deposit(account, "250.00", key="a")
    assert (made.type, made.status, made.amount, made.deduplication_id) == ("Deposit", "Completed", Decimal("250"), "a")
    assert balance(account) == ("250", "0")
    detail = back_api().transfers.detail(GATEWAY, made.transfer_id)
    journal = back_api().ledger.journal(GATEWAY, detail.journal_id or "")
    assert [(line.account_id, line.amount) for line in journal.entries] == [(account, Decimal(250)), ("external:usd", Decimal(-250))]
    assert [(event.seq, event.status, event.actor_name, event.door) for event in detail.events] == [(1, "Completed", "Gateway", "api")]
    assert detail.rate_to_root == 1


def test_entries_are_numbered_and_carry_the_running_balance(account: str) -> None:
    for amount in ("1", "2.5", "0.01"):
        deposit(account, amount)
    deposit(account, "0.00000001", "btc")
    found = back_api().ledger.entries(GATEWAY, account, asset_id="usd").items
    assert [(entry.seq, str(entry.balance_after)) for entry in found] == [(3, "3.51"), (2, "3.5"), (1, "1")]


def test_one_line_in_the_audit_trail(account: str) -> None:
    made = deposit(account, "5")
    record = AuditRecord.objects.get(changes__object_type="transfer")
    assert (record.action, record.actor_name, record.door, record.trace_id) == ("transfers.deposit", "Gateway", "api", "trace-gateway")
    change = AuditChange.objects.get(object_type="transfer")
    assert (change.object_id, change.before, change.after["amount"], change.after["status"]) == (made.transfer_id, {}, "5", "Completed")


def test_the_same_again_is_the_first_answer_again(account: str) -> None:
    first = back_api().transfers.deposit(GATEWAY, wanted(account, "10", key="a"))
    before, records = everything(), AuditRecord.objects.count()
    again = back_api().transfers.deposit(GATEWAY, wanted(account, "10.00", key="a"))
    assert (first.is_replayed, again.is_replayed, again.value) == (False, True, first.value)
    assert (everything(), AuditRecord.objects.count()) == (before, records)


@pytest.mark.parametrize("change", ["amount", "account", "asset", "type"])
def test_the_same_id_for_something_else_is_refused_and_names_the_first(account: str, change: str) -> None:
    first = deposit(account, "10", key="a")
    other = bank.open_account("boris")
    before = everything()
    asked = {"amount": (account, "10.01"), "account": (other, "10"), "asset": (account, "10", "btc"), "type": (account, "10")}[change]
    ask = bank.withdraw if change == "type" else deposit
    with pytest.raises(Invalid) as refusal:
        ask(*asked, key="a")
    assert refusal.value.code == "deduplication_mismatch"
    assert first.transfer_id in refusal.value.detail
    assert everything() == before


def test_ids_of_different_callers_do_not_meet(account: str) -> None:
    deposit(account, "10", key="a")
    deposit(account, "20", key="a", by=OTHER)
    deposit(account, "30", key="A")
    assert balance(account) == ("60", "0")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount": "0"}, "invalid", "amount"),
        ({"amount": "-1"}, "invalid", "amount"),
        ({"amount": "0.001"}, "invalid", "amount"),
        ({"amount": "NaN"}, "invalid", "amount"),
        ({"amount": "Infinity"}, "invalid", "amount"),
        ({"amount": "100000000000000000000"}, "invalid", "amount"),
        ({"amount": "0.0000000000000000001"}, "invalid", "amount"),
        ({"asset": "xau"}, "internal_asset", "assetId"),
        ({"asset": "eur"}, "unknown_asset", "assetId"),
        ({"key": " \u00e9"}, "invalid", "deduplicationId"),
        ({"key": "a" * 256}, "invalid", "deduplicationId"),
        ({"key": "a\n"}, "invalid", "deduplicationId"),
        ({"url": "https://pay.example.com/x"}, "callback_refused", "callbackUrl"),
        ({"url": "http://127.0.0.1/x"}, "callback_refused", "callbackUrl"),
    ],
)
def test_what_is_refused_before_the_lock_leaves_the_id_free(account: str, change: dict[str, str], code: str, field: str) -> None:
    before = everything()
    with pytest.raises(Invalid) as refusal:
        deposit(account, **({"amount": "1", "key": "free"} | change))
    assert (refusal.value.code, list(refusal.value.fields)) == (code, [field])
    assert everything() == before
    assert deposit(account, "1", key="free").status == "Completed"


def test_an_unknown_account_is_absent(account: str) -> None:
    with pytest.raises(NotFound):
        deposit("f" * 24, "1")


def test_without_the_operation_it_is_not_for_them(account: str) -> None:
    viewer = Actor(kind="client", id="x", name="x", door="api", operations=frozenset({"view-transfers"}))
    with pytest.raises(NotPermitted):
        deposit(account, "1", by=viewer)


@pytest.mark.parametrize(("status", "code"), [("Frozen", "client_frozen"), ("Terminated", "client_terminated")])
def test_a_client_who_may_not_is_refused_for_ever_under_that_id(account: str, status: bank.UserStatus, code: str) -> None:
    bank.set_status("anna", status)
    answers = []
    for _ in range(2):
        with pytest.raises(Invalid) as refusal:
            deposit(account, "1", key="a")
        answers.append(refusal.value)
        bank.set_status("anna", "Active")
    assert [answer.code for answer in answers] == [code, code]
    assert [answer.is_replayed for answer in answers] == [False, True]
    assert answers[0].detail == answers[1].detail
    assert (balance(account), scalar("SELECT count(*) FROM ledger_journal")) == (("0", "0"), 0)


def test_a_halted_client_receives(account: str) -> None:
    bank.set_status("anna", "Halted")
    assert deposit(account, "1").status == "Completed"


def test_a_closed_account_receives_nothing(account: str) -> None:
    bank.close_account("anna", account)
    with pytest.raises(Invalid) as refusal:
        deposit(account, "1")
    assert refusal.value.code == "account_closed"


def test_entries_of_all_assets_come_newest_first_and_page_by_page(account: str) -> None:
    made = [deposit(account, amount, asset) for amount, asset in (("1", "usd"), ("0.5", "btc"), ("2", "usd"), ("3", "usd"))]
    ledger, seen, after = back_api().ledger, [], None
    while True:
        page = ledger.entries(GATEWAY, account, after=after, limit=1)
        seen += [entry.subject_id for entry in page.items]
        if (after := page.next) is None:
            break
    assert seen == [one.transfer_id for one in reversed(made)]
    with pytest.raises(Invalid):
        ledger.entries(GATEWAY, account, after="01ARZ3NDEKTSV4RRFFQ69G5FAV.usd")
