"""Redis is emptied, frozen and killed; PostgreSQL is restarted and its sessions cut off: money goes on or says so, and nothing told is lost."""

import time
from pathlib import Path
from random import Random

import pytest

from backoffice.embedded.processes import wait_until
from tests.faults.client import Client
from tests.faults.cutting import CuttingProxy, Moment
from tests.faults.lab import Lab
from tests.faults.load import Load
from tests.faults.machine import Every
from tests.faults.proof import assert_all_heard, assert_told_the_truth

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

LONGEST_WAIT_FOR_REDIS = 2.0


def test_redis_flushed_again_and_again_loses_nothing(lab: Lab, rng: Random) -> None:
    """F9."""
    load = Load(lab, rng, accounts=4, hosts=3)
    with Every(lambda: lab.broker().flushall(), lambda: 0.3) as flushing:
        load.run(seconds=4, threads=6)
    assert flushing.count > 2
    load.prove()


@pytest.mark.parametrize("how", ["frozen", "killed"])
def test_money_goes_on_without_redis_and_the_worker_comes_back(lab: Lab, how: str) -> None:
    """F10: no request waits for it, and what was done meanwhile is told when it is back."""
    client, account, url = Client(lab, "gateway"), lab.account("100"), lab.url(lab.host())
    usual = sorted(client.settled(client.deposit(account, "1", url=url)).seconds for _ in range(20))
    (lab.freeze if how == "frozen" else lab.take_down)(lab.valkey)
    began, without = time.monotonic(), []
    while time.monotonic() - began < 7:
        answer = client.once(client.deposit(account, "1", url=url))
        assert answer
        assert answer.status == 201
        without.append(answer.seconds)
        time.sleep(0.02)
    assert max(without) < usual[-1] + LONGEST_WAIT_FOR_REDIS, (usual, sorted(without)[-5:])
    (lab.thaw(lab.valkey) if how == "frozen" else lab.bring_back())
    assert wait_until(lambda: lab.waiting() == 0, 60, 0.1), "the worker does not consume again"
    assert_told_the_truth(lab, client.log, [])
    assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [account])


def test_postgresql_restarted_at_once_under_load(lab: Lab, rng: Random) -> None:
    """F12: what was acknowledged is there; others were told to come again."""
    load = Load(lab, rng, accounts=4, hosts=3)
    with Every(lab.restart_postgres_at_once, lambda: rng.uniform(0.3, 0.8)) as restarting:
        load.run(seconds=6, threads=6)
    assert restarting.count >= 1
    began = time.monotonic()
    client = Client(lab, "gateway")
    client.settled(client.deposit(lab.account(), "1"))
    assert time.monotonic() - began < 30
    load.prove()


def test_sessions_terminated_under_load(lab: Lab, rng: Random) -> None:
    """F13, first half."""
    load = Load(lab, rng, accounts=4, hosts=3)
    with Every(lab.terminate_backends, lambda: rng.uniform(0.1, 0.4)) as terminating:
        load.run(seconds=4, threads=6)
    assert terminating.count > 2
    load.prove()


def test_the_line_cut_when_the_answer_is_known_and_not_yet_told(lab: Lab, tmp_path: Path) -> None:
    """F13, second half. Once cut the web asks again by itself; cut again the caller hears 503 and asks; it is done once whatever happened."""
    proxy = CuttingProxy(lab.at.sockets / ".s.PGSQL.5432", tmp_path)
    proxy.start()
    try:
        _, port = lab.another_web(DATABASE_URL=lab.postgres.url.replace(str(lab.at.sockets), str(tmp_path)))
        client, account = Client(lab, "gateway", port=port), lab.account("100")
        moments: list[Moment] = ["before the statement", "before the reply"]
        for moment in moments:
            for times in (1, 2):
                for act in (client.deposit, client.withdraw):
                    asked = act(account, "10", id=f"{account}{act.__name__}{moment[7:]}{times}")
                    proxy.cut(asked.id, moment, times)
                    first = client.once(asked)
                    assert first
                    assert (first.status, proxy.cuts) == (201 if times == 1 else 503, times)
                    # The first statement was carried out in the one case and not in the other.
                    is_known = moment == "before the reply"
                    assert client.settled(asked).is_replayed == (is_known or times == 1)
                    assert client.settled(asked).is_replayed
        assert_told_the_truth(lab, client.log, [])
        assert lab.balance(account) == ("140", "40")
    finally:
        proxy.stop()
