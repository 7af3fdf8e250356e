"""Many at the same moment, over HTTP: the same deposit (F15, F16), the last of the money (F17), both decisions of one withdrawal (F18)."""

from collections import Counter

import pytest

from tests.faults.client import Client
from tests.faults.lab import Lab
from tests.faults.proof import assert_told_the_truth

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


def test_the_same_deposits_at_once_are_done_once_and_answered_alike(lab: Lab) -> None:
    client, account = Client(lab, "gateway"), lab.account()
    ids = [client.deposit(account, "1.5") for _ in range(20)]
    answers = client.all_at_once([asked for _ in range(20) for asked in ids], threads=100)
    assert [answer.status for answer in answers] == [201] * 400
    assert len({answer.told for answer in answers}) == 20
    assert sum(not answer.is_replayed for answer in answers) == 20
    assert lab.balance(account) == ("30", "0")
    assert lab.scalar("SELECT count(*) FROM ledger_entry WHERE account_id = %s", account) == 20
    assert_told_the_truth(lab, client.log, [account])


def test_of_two_amounts_under_one_id_one_wins(lab: Lab) -> None:
    client, other = Client(lab, "gateway"), Client(lab, "gateway")
    account, amounts = lab.account(), ("10", "20")
    for round in range(10):
        asked = [client.deposit(account, amounts[number % 2], id=f"{account}-{round}") for number in range(20)]
        before, _ = lab.balance(account)
        answers = other.all_at_once(asked)
        after, _ = lab.balance(account)
        won = str(int(after) - int(before))
        assert won in amounts
        told = [(one.body["amount"], answer.status) for one, answer in zip(asked, answers, strict=True)]
        assert set(told) == {(amount, 201 if amount == won else 400) for amount in amounts}
        assert {answer.json["code"] for answer in answers if answer.status == 400} == {"deduplication_mismatch"}
        (transfer,) = {answer.json["transferId"] for answer in answers if answer.status == 201}
        assert all(transfer in answer.json["detail"] for answer in answers if answer.status == 400)


def test_the_last_of_the_money_is_taken_once(lab: Lab) -> None:
    client, account = Client(lab, "gateway"), lab.account("100")
    asked = [client.withdraw(account, "1") for _ in range(200)]
    answers = client.all_at_once(asked, threads=100)
    assert Counter(answer.status for answer in answers) == {201: 100, 400: 100}
    assert {answer.json["code"] for answer in answers if answer.status == 400} == {"insufficient_funds"}
    assert lab.balance(account) == ("100", "100")
    # A refusal is on record: it stays one, though there is money again.
    refused = next(one for one, answer in zip(asked, answers, strict=True) if answer.status == 400)
    other = Client(lab, "other")
    other.settled(other.deposit(account, "50"))
    again = client.settled(refused)
    assert (again.status, again.is_replayed) == (400, True)


def test_each_withdrawal_is_decided_once(lab: Lab) -> None:
    client, account = Client(lab, "gateway"), lab.account("100")
    made = [client.settled(client.withdraw(account, "1")).json["transferId"] for _ in range(100)]
    decisions = [act(account, transfer) for transfer in made for act in (client.confirm, client.cancel, client.confirm, client.cancel)]
    answers = client.all_at_once(decisions, threads=100)
    statuses = dict(lab.rows("SELECT id, status FROM transfers_transfer WHERE id = ANY(%s)", made))
    for asked, answer in zip(decisions, answers, strict=True):
        wanted = "Completed" if asked.verb == "withdrawal-confirm" else "Canceled"
        assert answer.status == (200 if statuses[asked.body["transferId"]] == wanted else 400), answer.body
    assert {answer.json["code"] for answer in answers if answer.status == 400} == {"transfer_already_final"}
    confirmed = Counter(statuses.values())["Completed"]
    assert Counter(statuses.values()) == Counter({"Completed": confirmed, "Canceled": 100 - confirmed})
    assert lab.balance(account) == (str(100 - confirmed), "0")
    assert lab.scalar("SELECT count(*) FROM ledger_entry WHERE account_id = %s AND amount < 0", account) == confirmed
