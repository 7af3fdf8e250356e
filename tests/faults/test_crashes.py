"""The web dies at every moment of a call (F1, F2, F3): there is no trace of it, or all of it, and the caller who asks again learns which."""

import threading

import pytest

from backoffice.embedded.processes import wait_until
from tests.faults.client import Answer, Asked, Client
from tests.faults.lab import Lab
from tests.faults.proof import assert_all_heard, assert_told_the_truth

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

POINTS = ["transfer_before_call", "transfer_after_commit_before_bell", "transfer_before_answer"]
VERBS = ["deposit", "withdrawal", "withdrawal-confirm", "withdrawal-cancel"]
LOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%FROM transfers_%%'"


def to_ask(lab: Lab, client: Client, verb: str) -> tuple[str, Asked]:
    """An account, and a call of this kind that will succeed."""
    account, url = lab.account(), lab.url(lab.host())
    client.settled(client.deposit(account, "100"))
    if verb == "deposit":
        return account, client.deposit(account, "30", url=url)
    asked = client.withdraw(account, "30", url=url)
    if verb == "withdrawal":
        return account, asked
    transfer = client.settled(asked).json["transferId"]
    return account, (client.confirm if verb == "withdrawal-confirm" else client.cancel)(account, transfer, url=url)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_web_process_killed_at_a_point_of_a_call(lab: Lab, verb: str, point: str) -> None:
    client = Client(lab, "gateway")
    account, asked = to_ask(lab, client, verb)
    lab.arm(point)
    assert client.once(asked) is None
    assert not lab.is_armed(point)
    if point == "transfer_before_call":
        assert lab.faults() == []
    answer = client.settled(asked)
    assert answer.status in (200, 201)
    assert answer.is_replayed == (answer.status == 201 and point != "transfer_before_call")
    lab.quiet()
    assert_told_the_truth(lab, client.log, [account])
    assert assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [account]) == (1 if verb in ("deposit", "withdrawal") else 2)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("victim", ["web", "backend"])
def test_killed_in_the_middle_of_the_statement(lab: Lab, verb: str, victim: str) -> None:
    """It waits for a lock that we hold, so the moment is certain. PostgreSQL may go on without the web: then the repetition finds it done."""
    client = Client(lab, "gateway")
    account, asked = to_ask(lab, client, verb)
    answers: list[Answer | None] = []
    with lab.connect(autocommit=False) as holder:
        holder.execute("SELECT FROM ledger_balance WHERE account_id = %s FOR UPDATE", [account])
        asking = threading.Thread(target=lambda: answers.append(client.once(asked)))
        asking.start()
        assert wait_until(lambda: lab.scalar(LOCKED), 30)
        if victim == "web":
            lab.kill(lab.web)
            lab.mend()
        else:
            lab.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        holder.rollback()
    asking.join(30)
    # Of a lost backend the web asks again by itself.
    assert [answer and answer.status for answer in answers] == [None if victim == "web" else 201 if verb in VERBS[:2] else 200]
    assert client.settled(asked).status in (200, 201)
    lab.quiet()
    assert_told_the_truth(lab, client.log, [account])
    assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [account])


def test_what_nobody_rang_for_is_found_by_the_sweep(lab: Lab) -> None:
    """Killed between commit and bell, the broker emptied, and no further traffic (F3)."""
    client = Client(lab, "gateway")
    account, asked = to_ask(lab, client, "deposit")
    lab.quiet()
    lab.arm("transfer_after_commit_before_bell")
    assert client.once(asked) is None
    lab.broker().flushall()
    # A sweep comes every five seconds.
    assert wait_until(lambda: lab.waiting() == 0, 30, 0.05)
    (heard,) = {one.webhook_id for one in lab.receiver.heard if account.encode() in one.body}
    assert len(lab.receiver.of(heard)) == 1
    assert client.settled(asked).is_replayed
    assert_told_the_truth(lab, client.log, [account])
