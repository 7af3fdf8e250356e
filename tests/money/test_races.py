"""Many at once: threads of their own connections, real commits, a barrier so that they truly meet."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from backoffice.contracts.errors import Refused
from backoffice.contracts.transfers import Transfer, TransferRefused
from backoffice.services import back_api
from tests.money import bank
from tests.money.bank import GATEWAY, balance, decision, deposit, scalar, wanted, withdraw

pytestmark = [pytest.mark.xdist_group("races")]
T = TypeVar("T")


@pytest.fixture
def account(transactional_db: None) -> str:
    bank.open_bank()
    return bank.open_account()


def at_once(calls: Iterable[Callable[[], T]]) -> list[T | Refused]:
    """The answer or refusal of each; all begin together."""
    waiting = list(calls)
    barrier = Barrier(len(waiting))

    def run(call: Callable[[], T]) -> T | Refused:
        barrier.wait(30)
        try:
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(run, waiting))


def test_twenty_identical_deposits_are_one(account: str) -> None:
    same = wanted(account, "10", key="same")
    answers = at_once([lambda: back_api().transfers.deposit(GATEWAY, same)] * 20)
    assert len({answer.value for answer in answers if not isinstance(answer, Refused)}) == 1
    assert [getattr(answer, "is_replayed", None) for answer in answers].count(False) == 1
    assert (balance(account), scalar("SELECT count(*) FROM ledger_journal")) == (("10", "0"), 1)


def test_one_id_for_two_amounts_has_one_winner(account: str) -> None:
    asked = [wanted(account, amount, key="same") for amount in ("10", "20") for _ in range(10)]
    answers = at_once([lambda one=one: back_api().transfers.deposit(GATEWAY, one) for one in asked])
    done = {answer.value.amount for answer in answers if not isinstance(answer, Refused)}
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert (len(done), refused) == (1, ["deduplication_mismatch"] * 10)
    assert balance(account)[0] in ("10", "20")


def test_first_deposits_of_a_new_balance_are_all_there(account: str) -> None:
    at_once([lambda: deposit(account, "0.5", "btc")] * 20)
    assert balance(account, "btc") == ("10", "0")
    assert scalar("SELECT seq FROM ledger_balance WHERE asset_id = 'btc'") == 20


def test_sixty_withdrawals_of_one_from_thirty(account: str) -> None:
    deposit(account, "30")
    answers = at_once([lambda: withdraw(account, "1")] * 60)
    assert Counter(type(answer) for answer in answers) == {Transfer: 30, TransferRefused: 30}
    assert balance(account) == ("30", "30")


def test_confirm_and_cancel_have_one_winner_each(account: str) -> None:
    deposit(account, "100")
    made = [withdraw(account, "1") for _ in range(10)]
    api = back_api().transfers
    acts = (api.confirm, api.confirm, api.cancel, api.cancel)
    answers = at_once([lambda one=one, act=act: act(GATEWAY, decision(account, one)) for one in made for act in acts])
    for at, one in enumerate(made):
        four = answers[at * 4 : at * 4 + 4]
        won = api.get(GATEWAY, one.transfer_id).status
        done, lost = (four[:2], four[2:]) if won == "Completed" else (four[2:], four[:2])
        assert done == [None, None]
        assert [answer.code for answer in lost if isinstance(answer, Refused)] == ["transfer_already_final"] * 2
    confirmed = scalar("SELECT count(*) FROM transfers_transfer WHERE type = 'Withdrawal' AND status = 'Completed'")
    assert (balance(account), scalar("SELECT count(*) FROM ledger_journal")) == ((str(100 - confirmed), "0"), 1 + confirmed)


def test_two_accounts_crossed_do_not_block_each_other(account: str) -> None:
    other = bank.open_account("boris")
    for one in (account, other):
        deposit(one, "100")
    waiting = {one: [withdraw(one, "1") for _ in range(10)] for one in (account, other)}
    crossed = [
        (one, made) for pair in zip(waiting[account], reversed(waiting[other]), strict=True) for one, made in zip((account, other), pair, strict=True)
    ]
    answers = at_once([lambda one=one, made=made: back_api().transfers.confirm(GATEWAY, decision(one, made)) for one, made in crossed])
    assert set(answers) == {None}
    assert balance(account) == balance(other) == ("90", "0")


def test_a_closing_account_and_its_first_deposit_do_not_slip_past_each_other(account: str) -> None:
    for number in range(8):
        fresh = bank.open_account("anna", name=f"Account {number}")
        at_once([lambda fresh=fresh: bank.close_account("anna", fresh), lambda fresh=fresh: deposit(fresh, "1")])
        status = scalar("SELECT status FROM accounts_account WHERE id = %s", fresh)
        assert (status, balance(fresh)[0]) in (("Closed", "0"), ("Active", "1"))
