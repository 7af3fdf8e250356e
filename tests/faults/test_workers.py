"""Those who send callbacks die, overlap and come late (F4, F21, F22): what was said twice is the same, and in order."""

import time
from collections import Counter

import pytest

from backoffice.embedded.processes import wait_until
from tests.faults.client import Client
from tests.faults.lab import Lab
from tests.faults.proof import assert_all_heard, assert_told_the_truth
from tests.faults.receiver import HANG, OK, Reply

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize(
    ("point", "times"), [("callback_after_claim", 1), ("callback_before_send", 1), ("callback_after_send", 2), ("callback_after_mark", 1)]
)
def test_a_worker_killed_at_a_point_of_sending(lab: Lab, point: str, times: int) -> None:
    """Only what was sent and not marked goes out once more (F4)."""
    client, account, host = Client(lab, "gateway"), lab.account("100"), lab.host()
    asked = client.withdraw(account, "10", url=lab.url(host))
    lab.arm(point)
    transfer = client.settled(asked).json["transferId"]
    assert wait_until(lambda: not lab.is_armed(point), 40)
    lab.hurry()
    client.settled(client.confirm(account, transfer))
    assert wait_until(lambda: lab.waiting() == 0, 40)
    heard = [one.webhook_id for one in lab.receiver.at_host(host)]
    assert len(set(heard)) == 2
    assert Counter(heard)[heard[0]] == times
    assert Counter(heard)[heard[-1]] == 1
    assert_told_the_truth(lab, client.log, [])
    assert assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [account]) == 2


def test_three_workers_on_one_outbox_send_each_once_and_in_order(lab: Lab) -> None:
    """F21: three processes, each asked several times, over hosts that take a moment to answer."""
    for _ in range(2):
        lab.another_worker()
    client, account, hosts = Client(lab, "gateway"), lab.account("1000"), [lab.host() for _ in range(6)]
    for host in hosts:
        lab.receiver.script(host, then=Reply(delay=0.02))
    made = []
    for number in range(60):
        url = lab.url(hosts[number % len(hosts)])
        made.append((client.settled(client.withdraw(account, "1", url=url)).json["transferId"], number))
        if number % 10 == 0:
            lab.send_task("callbacks.deliver", times=3)
    for transfer, number in made:
        client.settled((client.confirm if number % 2 else client.cancel)(account, transfer))
    lab.send_task("callbacks.deliver", times=3)
    assert wait_until(lambda: lab.waiting() == 0, 60, 0.1)
    heard = Counter(one.webhook_id for host in hosts for one in lab.receiver.at_host(host))
    assert set(heard.values()) == {1}
    assert assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [account]) == len(heard) == 120
    assert lab.scalar("SELECT max(attempts) FROM callbacks_callback WHERE host LIKE ANY(%s)", [f"{host}%" for host in hosts]) == 1


def test_a_worker_that_comes_late_changes_nothing(lab: Lab) -> None:
    """F22: its lease ran out while it was sending; another has delivered meanwhile and its own failure is no longer of interest."""
    lab.another_worker()
    client, account, host = Client(lab, "gateway"), lab.account(), lab.host()
    lab.receiver.script(host, HANG, then=OK)
    transfer = client.settled(client.deposit(account, "5", url=lab.url(host))).json["transferId"]
    assert wait_until(lambda: lab.receiver.at_host(host), 40)
    lab.hurry()
    deadline = time.monotonic() + 15
    # The one that hangs may take the bell from the queue only when it is done, so the other one gets it, or a sweep does.
    while lab.waiting([transfer]) and time.monotonic() < deadline:
        lab.send_task("callbacks.deliver")
        time.sleep(0.2)
    state = "SELECT state, attempts, finished_at, lease_token FROM callbacks_callback WHERE subject_id = %s"
    delivered = lab.rows(state, transfer)
    assert delivered[0][:2] == ("Delivered", 1)
    lab.receiver.release()
    # Whoever hung is free to work again once it has told what came of it.
    assert wait_until(lambda: len(idle(lab)) == 0, 40, 0.1)
    time.sleep(0.5)
    assert lab.rows(state, transfer) == delivered
    assert (
        lab.scalar(
            "SELECT count(*) FROM callbacks_attempt a JOIN callbacks_callback c ON c.webhook_id = a.callback_id WHERE subject_id = %s", transfer
        )
        == 1
    )
    assert len({one.digest for one in lab.receiver.at_host(host)}) == 1
    assert len({one.webhook_id for one in lab.receiver.at_host(host)}) == 1


def idle(lab: Lab) -> list[tuple[object, ...]]:
    return lab.rows("SELECT 1 FROM callbacks_callback WHERE lease_until > now()")
