"""Money under a policy: it keeps the shape of its answers, and nothing moves before others approve."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import Approval
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.transfers import Transfer, TransferRefused
from backoffice.services import back_api, desk
from tests.approvals.desk_of_two import approve, held, policy
from tests.money import bank
from tests.money.audited import assert_books_balance


@pytest.fixture(autouse=True)
def audited(db: None) -> Iterator[None]:
    yield
    if not connection.needs_rollback:
        assert_books_balance()


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


def waiting(checker: Actor) -> Approval:
    (found,) = desk().approvals.waiting(checker)
    return found


def status(transfer: Transfer) -> str:
    return back_api().transfers.get(bank.OWNER, transfer.transfer_id).status


def test_a_held_deposit_is_pending_and_moves_nothing_until_approved(account: str, maker: Actor, checker: Actor) -> None:
    policy("transfers.deposit")
    asked = bank.wanted(account, "100")
    first = back_api().transfers.deposit(maker, asked)
    assert (first.value.status, first.is_replayed) == ("Pending", False)
    assert bank.balance(account) == ("0", "0")
    again = back_api().transfers.deposit(maker, asked)
    assert (again.value, again.is_replayed) == (first.value, True)
    assert approve(checker, waiting(checker).id).state == "Done"
    assert (status(first.value), bank.balance(account)) == ("Completed", ("100", "0"))
    # What was answered once is answered again, however far it has moved.
    assert back_api().transfers.deposit(maker, asked).value == first.value
    assert desk().approvals.waiting(checker) == []


def test_a_denied_deposit_is_canceled(account: str, maker: Actor, checker: Actor) -> None:
    policy("transfers.deposit")
    first = back_api().transfers.deposit(maker, bank.wanted(account, "100")).value
    assert desk().approvals.deny(checker, waiting(checker).id, reason="Not ours.").state == "Denied"
    assert (status(first), bank.balance(account)) == ("Canceled", ("0", "0"))


def test_a_held_withdrawal_holds_its_amount_and_cannot_be_confirmed_until_approved(account: str, maker: Actor, checker: Actor) -> None:
    bank.deposit(account, "100")
    policy("transfers.withdraw")
    asked = back_api().transfers.withdraw(maker, bank.wanted(account, "60")).value
    assert (asked.status, bank.balance(account)) == ("AwaitingConfirmation", ("100", "60"))
    with pytest.raises(Conflict) as refusal:
        back_api().transfers.confirm(bank.GATEWAY, bank.decision(account, asked))
    assert refusal.value.code == "approval_needed"
    assert approve(checker, waiting(checker).id).state == "Done"
    assert status(asked) == "AwaitingConfirmation"
    back_api().transfers.confirm(bank.GATEWAY, bank.decision(account, asked))
    assert (status(asked), bank.balance(account)) == ("Completed", ("40", "0"))


@pytest.mark.parametrize("end", ["deny", "cancel", "expire"])
def test_a_withdrawal_that_is_not_approved_gives_its_hold_back(account: str, maker: Actor, checker: Actor, end: str) -> None:
    bank.deposit(account, "100")
    policy("transfers.withdraw")
    asked = back_api().transfers.withdraw(maker, bank.wanted(account, "60")).value
    approval = waiting(checker)
    if end == "deny":
        desk().approvals.deny(checker, approval.id, reason="No.")
    elif end == "cancel":
        desk().approvals.cancel(maker, approval.id)
    else:
        expire(approval.id)
    assert (status(asked), bank.balance(account)) == ("Canceled", ("100", "0"))


def expire(approval_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_approval SET expires_at = now() WHERE id = %s", [approval_id])
    worker = Actor(kind="system", id="approvals", name="Approvals", door="job", operations=frozenset({"worker"}))
    assert desk().approvals.sweep(worker) == 1
    assert desk().approvals.get(bank.OWNER, approval_id).state == "Expired"


def test_a_withdrawal_that_its_client_cancels_cannot_be_approved_any_more(account: str, maker: Actor, checker: Actor) -> None:
    bank.deposit(account, "100")
    policy("transfers.withdraw")
    asked = back_api().transfers.withdraw(maker, bank.wanted(account, "60")).value
    back_api().transfers.cancel(bank.GATEWAY, bank.decision(account, asked))
    failed = approve(checker, waiting(checker).id)
    assert (failed.state, failed.outcome) == ("Failed", "The withdrawal is Canceled already.")
    assert bank.balance(account) == ("100", "0")


def test_a_refusal_under_the_lock_waits_for_nobody(account: str, maker: Actor, checker: Actor) -> None:
    policy("transfers.withdraw")
    asked = bank.wanted(account, "60")
    for is_replayed in (False, True):
        with pytest.raises(TransferRefused) as refusal:
            back_api().transfers.withdraw(maker, asked)
        assert (refusal.value.code, refusal.value.is_replayed) == ("insufficient_funds", is_replayed)
    assert desk().approvals.waiting(checker) == []


def test_what_froze_meanwhile_gets_no_money(account: str, maker: Actor, checker: Actor) -> None:
    policy("transfers.deposit")
    first = back_api().transfers.deposit(maker, bank.wanted(account, "100")).value
    bank.set_status("anna", "Frozen")
    failed = approve(checker, waiting(checker).id)
    assert (failed.state, status(first), bank.balance(account)) == ("Failed", "Canceled", ("0", "0"))


def test_only_large_amounts_wait_and_what_has_no_rate_is_large(account: str, maker: Actor, checker: Actor) -> None:
    back_api().assets.sync(bank.OWNER, [bank.NewAsset(id="doge", name="Dogecoin", scale=2, type="Crypto")])
    policy("transfers.deposit", amount_from=Decimal(1_000))
    deposit = back_api().transfers.deposit
    assert deposit(maker, bank.wanted(account, "999.99")).value.status == "Completed"
    assert deposit(maker, bank.wanted(account, "1000")).value.status == "Pending"
    assert deposit(maker, bank.wanted(account, "0.01", "btc")).value.status == "Completed"
    assert deposit(maker, bank.wanted(account, "1", "btc")).value.status == "Pending"
    assert deposit(maker, bank.wanted(account, "0.01", "doge")).value.status == "Pending"


def test_confirming_is_shown_with_its_subject_and_is_stale_when_that_moved(account: str, maker: Actor, checker: Actor) -> None:
    bank.deposit(account, "100")
    asked = bank.withdraw(account, "60")
    policy("transfers.confirm")
    approval = held(back_api().transfers.confirm, maker, bank.decision(account, asked))
    seen = desk().approvals.get(checker, approval)
    assert seen.about[f"transfer {asked.transfer_id}"] == f"Withdrawal AwaitingConfirmation: 60 usd, account {account}"
    # The same call again waits for the same approval.
    assert held(back_api().transfers.confirm, maker, bank.decision(account, asked)) == approval
    back_api().transfers.cancel(bank.GATEWAY, bank.decision(account, asked))
    with pytest.raises(Conflict) as refusal:
        desk().approvals.approve(checker, approval, seen.shown_hash)
    assert refusal.value.code == "approval_stale"
    assert desk().approvals.get(maker, approval).state == "Stale"


def test_confirming_is_carried_out_once_approved(account: str, maker: Actor, checker: Actor) -> None:
    bank.deposit(account, "100")
    asked = bank.withdraw(account, "60")
    policy("transfers.confirm")
    approval = held(back_api().transfers.confirm, maker, bank.decision(account, asked))
    assert approve(checker, approval).state == "Done"
    assert (status(asked), bank.balance(account)) == ("Completed", ("40", "0"))
    detail = back_api().transfers.detail(bank.OWNER, asked.transfer_id)
    assert (detail.events[-1].actor_name, detail.events[-1].door) == ("Mary", "portal")


def test_many_are_decided_together_or_wait_together(account: str, maker: Actor, checker: Actor) -> None:
    bank.deposit(account, "100")
    some = [bank.withdraw(account, "10").transfer_id for _ in range(3)]
    policy("manage-transfers")
    approval = held(back_api().transfers.decide, maker, some, "Completed")
    assert bank.balance(account) == ("100", "30")
    assert approve(checker, approval).state == "Done"
    assert bank.balance(account) == ("70", "0")
    # The maker may fetch what the call answered.
    answered = desk().approvals.result(maker, approval)
    assert [one["isDone"] for one in answered["value"]] == [True] * 3


def test_the_database_lets_nobody_complete_what_is_held(account: str, maker: Actor) -> None:
    bank.deposit(account, "100")
    policy("transfers.withdraw")
    asked = back_api().transfers.withdraw(maker, bank.wanted(account, "60")).value
    with pytest.raises(IntegrityError, match="transfer_is_held_while_it_waits"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE transfers_transfer SET status = 'Failed', failure_code = 'x', seq = 2 WHERE id = %s", [asked.transfer_id])


def test_an_invalid_call_is_refused_at_once_as_without_a_policy(account: str, maker: Actor) -> None:
    policy("manage-transfers")
    with pytest.raises(Invalid) as refusal:
        back_api().transfers.deposit(maker, bank.wanted(account, "1", "xau"))
    assert refusal.value.code == "internal_asset"
