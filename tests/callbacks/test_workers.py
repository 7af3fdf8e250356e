"""Several dispatchers at once, on real commits: nothing twice, nothing out of order, and no transaction while anything is on the wire."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from backoffice.callbacks import models
from backoffice.callbacks.deliver import Dispatcher
from backoffice.contracts.desk import NewApiClient
from backoffice.embedded.processes import wait_until
from backoffice.services import back_api, desk
from tests.callbacks.conftest import CHIEF, planted, target
from tests.callbacks.receiver import Server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway(transactional_db: None, receiver: Server) -> str:
    made = desk().api_clients.create(CHIEF, NewApiClient(name="gateway at work"))
    back_api().callbacks.allow_hosts(CHIEF, made.client_id, [f"*.demo.test:{receiver.port}"])
    back_api().callbacks.make_secret(CHIEF, made.client_id)
    return made.client_id


def dispatch(until: threading.Event | None = None) -> None:
    """As a worker's process does, in a thread with a connection of its own."""
    try:
        while True:
            Dispatcher().run()
            if until is None or until.is_set():
                return
            time.sleep(0.02)
    finally:
        connections.close_all()


@pytest.fixture
def workers() -> Iterator[list[threading.Thread]]:
    enough = threading.Event()
    threads = [threading.Thread(target=dispatch, args=[enough]) for _ in range(3)]
    yield threads
    enough.set()
    for thread in threads:
        thread.join()


def test_three_workers_send_everything_once_in_order_and_two_at_a_time(gateway: str, receiver: Server, workers: list[threading.Thread]) -> None:
    hosts = [target(receiver, "/ok?milliseconds=3", host=f"r{host}.demo.test") for host in range(4)]
    for number in range(60):
        for seq in (1, 2, 3):
            planted(gateway, hosts[(number + seq) % 4], subject=f"01RACE{number:03}", seq=seq)
    for worker in workers:
        worker.start()
    deadline = time.monotonic() + 30
    while models.Callback.objects.filter(state="Waiting").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert Counter(models.Callback.objects.values_list("state", flat=True)) == {"Delivered": 180}
    assert set(Counter(seen.headers["webhook-id"] for seen in receiver.seen).values()) == {1}
    order = defaultdict(list)
    place = dict(models.Callback.objects.values_list("webhook_id", "subject_id"))
    turn = dict(models.Callback.objects.values_list("webhook_id", "seq"))
    for seen in receiver.seen:
        order[place[seen.headers["webhook-id"]]].append(turn[seen.headers["webhook-id"]])
    assert all(turns == [1, 2, 3] for turns in order.values())
    assert receiver.most_busy <= 2 * len(hosts)


def test_no_transaction_is_open_while_a_receiver_thinks(gateway: str, receiver: Server) -> None:
    for _ in range(3):
        planted(gateway, target(receiver, "/ok?milliseconds=1000"))
    worker = threading.Thread(target=dispatch)
    worker.start()
    seen: list[Any] = []
    while worker.is_alive():
        if receiver.busy:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                    "AND state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - interval '400 milliseconds'"
                )
                seen += cursor.fetchall()
        time.sleep(0.02)
    worker.join()
    assert receiver.seen
    assert seen == []


def test_a_host_that_hangs_does_not_make_others_wait(gateway: str, receiver: Server, settings: Any) -> None:
    for _ in range(4):
        planted(gateway, target(receiver, "/ok?milliseconds=4000", host="r0.demo.test"))
    worker = threading.Thread(target=dispatch)
    worker.start()
    assert wait_until(lambda: receiver.busy == 2, 30)
    waited = []
    for _ in range(10):
        began = time.monotonic()
        webhook_id = planted(gateway, target(receiver, host="r1.demo.test"))
        assert wait_until(lambda id=webhook_id: any(seen.headers["webhook-id"] == id for seen in receiver.seen), 30, 0.005)
        waited.append(time.monotonic() - began)
    models.Callback.objects.filter(host__startswith="r0.", lease_token=None).delete()
    worker.join()
    assert sorted(waited)[5] < 2.5
