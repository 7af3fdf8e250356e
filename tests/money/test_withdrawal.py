"""A withdrawal locks its amount; then exactly one of confirm and cancel happens to it."""

from decimal import Decimal

import pytest

from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.transfers import TransferDecision, TransferRefused
from backoffice.services import back_api
from tests.money import bank
from tests.money.bank import GATEWAY, OTHER, balance, decision, deposit, everything, scalar, wanted, withdraw

STATUS = "SELECT status FROM transfers_transfer WHERE id = %s"


@pytest.fixture
def rich(account: str) -> str:
    deposit(account, "100")
    return account


def test_the_amount_is_locked_and_still_theirs(rich: str) -> None:
    made = withdraw(rich, "30")
    assert (made.type, made.status, made.amount) == ("Withdrawal", "AwaitingConfirmation", Decimal(30))
    assert balance(rich) == ("100", "30")
    holds = back_api().ledger.holds(GATEWAY, rich)
    assert [(hold.subject_id, hold.amount) for hold in holds] == [(made.transfer_id, Decimal(30))]


def test_confirmed_it_leaves(rich: str) -> None:
    made = withdraw(rich, "30")
    back_api().transfers.confirm(OTHER, decision(rich, made))
    assert balance(rich) == ("70", "0")
    detail = back_api().transfers.detail(GATEWAY, made.transfer_id)
    assert (detail.transfer.status, detail.rate_to_root) == ("Completed", 1)
    assert [(event.seq, event.status, event.actor_name) for event in detail.events] == [
        (1, "AwaitingConfirmation", "Gateway"),
        (2, "Completed", "Other"),
    ]
    journal = back_api().ledger.journal(GATEWAY, detail.journal_id or "")
    assert [(line.account_id, line.amount) for line in journal.entries] == [(rich, Decimal(-30)), ("external:usd", Decimal(30))]
    assert back_api().ledger.holds(GATEWAY, rich) == []


def test_canceled_it_is_available_again(rich: str) -> None:
    made = withdraw(rich, "30")
    back_api().transfers.cancel(GATEWAY, decision(rich, made))
    assert balance(rich) == ("100", "0")
    assert back_api().transfers.get(GATEWAY, made.transfer_id).status == "Canceled"
    assert scalar("SELECT count(*) FROM ledger_journal") == 1


@pytest.mark.parametrize(("first", "other"), [("confirm", "cancel"), ("cancel", "confirm")])
def test_again_is_a_success_and_the_opposite_is_refused(rich: str, first: str, other: str) -> None:
    made = withdraw(rich, "30")
    act = getattr(back_api().transfers, first)
    act(GATEWAY, decision(rich, made))
    before = everything()
    act(GATEWAY, decision(rich, made))
    with pytest.raises(Invalid) as refusal:
        getattr(back_api().transfers, other)(GATEWAY, decision(rich, made))
    assert refusal.value.code == "transfer_already_final"
    assert everything() == before


def test_what_is_locked_cannot_be_withdrawn_again(rich: str) -> None:
    withdraw(rich, "60")
    for replayed in (False, True):
        with pytest.raises(TransferRefused) as refusal:
            withdraw(rich, "40.01", key="too much")
        assert (refusal.value.code, refusal.value.is_replayed) == ("insufficient_funds", replayed)
        assert refusal.value.detail == "Not enough money: 40 usd is available, 40.01 was asked for."
        deposit(rich, "1000")
    assert scalar(STATUS, refusal.value.transfer_id) == "Failed"


def test_the_last_cent_can_be_withdrawn(rich: str) -> None:
    assert withdraw(rich, "100").status == "AwaitingConfirmation"
    with pytest.raises(TransferRefused):
        withdraw(rich, "0.01")


def test_an_account_that_never_had_anything(account: str) -> None:
    with pytest.raises(TransferRefused) as refusal:
        withdraw(account, "1", "btc")
    assert refusal.value.code == "insufficient_funds"


def test_a_replay_is_the_first_answer_however_far_it_has_moved(rich: str) -> None:
    first = back_api().transfers.withdraw(GATEWAY, wanted(rich, "30", key="w")).value
    back_api().transfers.confirm(GATEWAY, decision(rich, first))
    again = back_api().transfers.withdraw(GATEWAY, wanted(rich, "30", key="w"))
    assert (again.is_replayed, again.value) == (True, first)
    assert back_api().transfers.get(GATEWAY, first.transfer_id).status == "Completed"


def test_anothers_transfer_is_absent(rich: str) -> None:
    made = withdraw(rich, "30")
    stranger = bank.open_account("boris")
    before = everything()
    for wrong in (TransferDecision(account_id=stranger, transfer_id=made.transfer_id), TransferDecision(account_id=rich, transfer_id="0" * 26)):
        with pytest.raises(NotFound):
            back_api().transfers.confirm(GATEWAY, wrong)
    assert everything() == before


def test_a_deposit_is_neither_confirmed_nor_canceled(rich: str) -> None:
    made = deposit(rich, "5")
    for act in (back_api().transfers.confirm, back_api().transfers.cancel):
        with pytest.raises(Invalid) as refusal:
            act(GATEWAY, decision(rich, made))
        assert refusal.value.code == "not_a_withdrawal"


@pytest.mark.parametrize("status", ["Frozen", "Terminated"])
def test_of_a_frozen_client_nothing_leaves_but_a_cancel_gives_back(rich: str, status: bank.UserStatus) -> None:
    made = withdraw(rich, "30")
    bank.set_status("anna", status)
    with pytest.raises(Invalid) as refusal:
        back_api().transfers.confirm(GATEWAY, decision(rich, made))
    assert refusal.value.code == f"client_{status.lower()}"
    assert balance(rich) == ("100", "30")
    back_api().transfers.cancel(GATEWAY, decision(rich, made))
    assert balance(rich) == ("100", "0")


def test_a_halted_client_may_withdraw(rich: str) -> None:
    bank.set_status("anna", "Halted")
    back_api().transfers.confirm(GATEWAY, decision(rich, withdraw(rich, "30")))
    assert balance(rich) == ("70", "0")


def test_several_are_decided_one_by_one(rich: str) -> None:
    made = [withdraw(rich, "10") for _ in range(3)]
    back_api().transfers.cancel(GATEWAY, decision(rich, made[1]))
    ids = [one.transfer_id for one in made]
    found = back_api().transfers.decide(GATEWAY, [*ids, "nonsense"], "Completed")
    assert [(one.is_done, one.refusal) for one in found] == [
        (True, ""),
        (False, "The withdrawal is Canceled already."),
        (True, ""),
        (False, "There is no transfer nonsense."),
    ]
    assert balance(rich) == ("80", "0")


def test_an_account_with_money_does_not_close(rich: str) -> None:
    with pytest.raises(Invalid) as refusal:
        bank.close_account("anna", rich)
    assert refusal.value.code == "account_not_empty"
