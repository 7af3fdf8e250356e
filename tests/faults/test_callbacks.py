"""What receivers and name servers do to the worker that sends callbacks (F25-F29, F32, F34, F63), through the real worker."""

import statistics
import sys
import time
from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook

from backoffice.callbacks import send
from backoffice.embedded.processes import wait_until
from tests.faults.client import Client
from tests.faults.lab import Lab
from tests.faults.names import Name
from tests.faults.proof import assert_all_heard, is_signed
from tests.faults.receiver import DRIP, HANG, Reply, Trap, trap

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

ATTEMPTS = (
    "SELECT a.outcome, a.status, a.reason FROM callbacks_attempt a JOIN callbacks_callback c ON c.webhook_id = a.callback_id "
    "WHERE c.subject_id = %s ORDER BY a.number"
)
# Its state, and how long after the latest attempt the next one is due.
STATE = (
    "SELECT c.state, c.attempts, extract(epoch FROM c.next_attempt_at - max(a.at)) FROM callbacks_callback c "
    "LEFT JOIN callbacks_attempt a ON a.callback_id = c.webhook_id WHERE c.subject_id = %s GROUP BY c.webhook_id"
)


def deposit(lab: Lab, account: str, url: str, gateway: str = "gateway") -> str:
    client = Client(lab, gateway)
    answer = client.settled(client.deposit(account, "1", url=url))
    assert answer.status == 201, answer.body
    return str(answer.json["transferId"])


def tried(lab: Lab, transfer: str, times: int = 1, seconds: float = 40) -> list[tuple[str, int | None, str]]:
    """So many attempts are on record; the wait between them is cut short."""
    for number in range(1, times + 1):
        assert wait_until(lambda done=number: len(lab.rows(ATTEMPTS, transfer)) >= done, seconds), (transfer, lab.rows(STATE, transfer))
        if number < times:
            lab.hurry(leases=False)
    return lab.rows(ATTEMPTS, transfer)


def give_up(lab: Lab, transfers: list[str]) -> None:
    lab.execute(
        "UPDATE callbacks_callback SET state = 'Dead', finished_at = now(), next_attempt_at = NULL, lease_token = NULL, lease_until = NULL, "
        "dead_reason = 'the lab has seen enough' WHERE subject_id = ANY(%s) AND state = 'Waiting'",
        transfers,
    )


@pytest.fixture
def mouse(lab: Lab) -> Iterator[Trap]:
    """Somewhere on this machine that no callback may ever connect to."""
    with trap() as found:
        yield found
        assert found.connections == 0


def test_each_answer_has_its_consequence(lab: Lab, mouse: Trap) -> None:
    """F26, F27."""
    account, hosts = lab.account(), {name: lab.host() for name in ("failing", "gone", "busy", "silent", "moved", "absent")}
    lab.receiver.script(hosts["failing"], Reply(500), Reply(500))
    lab.receiver.script(hosts["gone"], Reply(410))
    lab.receiver.script(hosts["busy"], Reply(429, {"Retry-After": "3600"}))
    lab.receiver.script(hosts["silent"], Reply(204))
    lab.receiver.script(hosts["moved"], Reply(301, {"Location": f"http://127.0.0.1:{mouse.port}/"}))
    lab.receiver.script(hosts["absent"], Reply(404))
    made = {name: deposit(lab, account, lab.url(host)) for name, host in hosts.items()}
    assert [tried(lab, transfer)[0] for transfer in made.values()] == [
        ("Failed", 500, "HTTP 500"),
        ("Failed", 410, "HTTP 410"),
        ("Failed", 429, "HTTP 429"),
        ("Delivered", 204, ""),
        ("Failed", 301, "a redirect is never followed"),
        ("Failed", 404, "HTTP 404"),
    ]
    found = {name: lab.rows(STATE, transfer)[0] for name, transfer in made.items()}
    assert {name: row[0] for name, row in found.items()} == dict.fromkeys(made, "Waiting") | {"gone": "Dead", "silent": "Delivered"}
    # Five seconds with a fifth of jitter, unless the next attempt was quicker than we; a busy one two minutes, since it asks for more than one.
    assert all(3 < found[name][2] <= 10 for name in ("failing", "moved", "absent") if found[name][1] == 1)
    assert 100 < found["busy"][2] <= 130
    assert [row[0] for row in tried(lab, made["failing"], times=3)] == ["Failed", "Failed", "Delivered"]
    lab.quiet()
    assert (
        lab.scalar(
            "SELECT count(*) FROM notifications_adminnotification WHERE type = 'CallbackDead' AND data ->> 'host' LIKE %s", f"{hosts['gone']}%"
        )
        == 1
    )
    assert len(lab.receiver.at_host(hosts["gone"])) == 1
    for host in hosts.values():
        assert len({(one.webhook_id, one.digest) for one in lab.receiver.at_host(host)}) == 1


def test_one_host_that_hangs_and_one_that_drips_hold_up_no_other(lab: Lab) -> None:
    """F25, L8."""
    account, healthy, ill = lab.account(), lab.host(), [lab.host(), lab.host()]

    def latencies(count: int) -> list[float]:
        found = []
        for _ in range(count):
            transfer = deposit(lab, account, lab.url(healthy))
            answered = time.monotonic()
            assert wait_until(lambda one=transfer: any(one.encode() in heard.body for heard in lab.receiver.at_host(healthy)), 30, 0.002)
            found.append(time.monotonic() - answered)
        return sorted(found)

    usual = latencies(30)
    lab.receiver.script(ill[0], then=HANG)
    lab.receiver.script(ill[1], then=DRIP)
    stuck = [deposit(lab, account, lab.url(host)) for host in ill for _ in range(10)]
    assert wait_until(lambda: all(lab.receiver.at_host(host) for host in ill), 30)
    beside = latencies(30)
    sys.stdout.write(f"from answer to receiver: p50 {statistics.median(usual):.3f}, p95 {usual[28]:.3f} s; beside the two ")
    sys.stdout.write(f"p50 {statistics.median(beside):.3f}, p95 {beside[28]:.3f} s\n")
    assert beside[28] < usual[28] + 2
    # Two at a time for each host, whatever waits there.
    assert (
        lab.scalar(
            "SELECT max(count) FROM (SELECT count(DISTINCT lease_token) FROM callbacks_callback WHERE lease_until > now() GROUP BY host) found"
        )
        <= 2
    )
    lab.receiver.release()
    lab.quiet()
    assert assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [account]) == 60 + len(stuck)


def test_a_dead_host_with_a_backlog_starves_nobody(lab: Lab) -> None:
    """F34, in small."""
    account, dead, healthy = lab.account(), lab.host(), [lab.host() for _ in range(4)]
    client = Client(lab, "gateway")
    lab.receiver.script(dead, then=HANG)
    lab.take_down(lab.worker)
    client.all_at_once([client.deposit(account, "1", url=lab.url(dead)) for _ in range(150)], threads=8)
    client.all_at_once([client.deposit(account, "1", url=lab.url(host)) for host in healthy for _ in range(50)], threads=8)
    lab.bring_back()
    began = time.monotonic()
    waiting = "SELECT count(*) FROM callbacks_callback WHERE state = 'Waiting' AND host = ANY(%s)"
    authorities = [f"{host}:{lab.receiver.port}" for host in healthy]
    # Starting the worker takes most of it. The dead host alone would take a quarter of an hour.
    assert wait_until(lambda: lab.scalar(waiting, authorities) == 0, 60, 0.05), lab.scalar(waiting, authorities)
    assert lab.scalar(waiting, [f"{dead}:{lab.receiver.port}"]) == 150
    assert len(lab.receiver.at_host(dead)) <= 2 * (1 + (time.monotonic() - began) // send.SECONDS)
    lab.receiver.release()
    lab.quiet()
    assert assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [account]) == 350


@pytest.fixture
def open_list(lab: Lab, mouse: Trap) -> Iterator[Trap]:
    """A client whose own list would let everything through: the walls behind it must hold alone."""
    client_id = lab.gateways["other"]["client_id"]
    before = lab.scalar("SELECT allowed_hosts FROM callbacks_client WHERE client_id = %s", client_id)
    more = [f"{host}:{mouse.port}" for host in ("*.names.test", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "[::1]")]
    lab.execute("UPDATE callbacks_client SET allowed_hosts = %s WHERE client_id = %s", before + more, client_id)
    yield mouse
    lab.execute("UPDATE callbacks_client SET allowed_hosts = %s WHERE client_id = %s", before, client_id)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "[::1]"])
def test_a_forbidden_address_is_refused_when_asked_for_and_when_it_stands_in_the_table(lab: Lab, open_list: Trap, host: str) -> None:
    """F28."""
    account, client = lab.account(), Client(lab, "other")
    url = f"http://{host}:{open_list.port}/"
    refused = client.settled(client.deposit(account, "1", url=url))
    assert (refused.status, refused.json["code"]) == (400, "callback_refused")
    assert lab.balance(account) == ("0", "0")
    transfer = deposit(lab, account, lab.url(lab.host()), "other")
    lab.quiet()
    before = lab.rows("SELECT url, host FROM callbacks_callback WHERE subject_id = %s", transfer)[0]
    again = "state = 'Waiting', next_attempt_at = now(), finished_at = NULL"
    planted = f"UPDATE callbacks_callback SET url = %s, host = %s, {again} WHERE subject_id = %s"
    lab.execute(planted, url, f"{host}:{open_list.port}", transfer)
    lab.send_task("callbacks.deliver")
    assert [row[0] for row in tried(lab, transfer, times=1) if row[0] != "Delivered"] or wait_until(
        lambda: len(lab.rows(ATTEMPTS, transfer)) == 2, 40
    )
    assert [row[0] for row in lab.rows(ATTEMPTS, transfer)] == ["Delivered", "Refused"]
    lab.execute("UPDATE callbacks_callback SET url = %s, host = %s WHERE subject_id = %s", *before, transfer)
    lab.quiet()


def test_names_that_lead_inside_are_refused_without_a_connection(lab: Lab, open_list: Trap) -> None:
    """F29. Nothing here answers with a public address alone, so nothing could leave this machine either."""
    lab.names.names |= {
        "inside.names.test": Name(["127.0.0.1"]),
        "mixed.names.test": Name(["93.184.215.14", "127.0.0.1"]),
        "mapped.names.test": Name(["::ffff:127.0.0.1"]),
        "alias.names.test": Name(["10.0.0.1"], alias="inner.names.test"),
        "many.names.test": Name([f"93.184.{number // 250}.{number % 250 + 1}" for number in range(500)]),
        "slow.names.test": Name(["127.0.0.1"], wait=8),
    }
    account = lab.account()
    made = {name: deposit(lab, account, f"http://{name}:{open_list.port}/", "other") for name in [*lab.names.names, "unknown.names.test"]}
    found = {name.partition(".")[0]: tried(lab, transfer)[0] for name, transfer in made.items()}
    private = ("Refused", None, "the name leads to an address that is not public")
    assert found == dict.fromkeys(("inside", "mixed", "mapped", "alias"), private) | {
        "many": ("Failed", None, "the name has more than 16 addresses"),
        "slow": ("Failed", None, "the name could not be resolved"),
        "unknown": ("Failed", None, "there is no such name"),
    }
    longest = lab.scalar(
        "SELECT max(milliseconds) FROM callbacks_attempt a JOIN callbacks_callback c ON c.webhook_id = a.callback_id WHERE c.host LIKE 'slow.%%'"
    )
    assert longest < 7_500
    give_up(lab, list(made.values()))


def test_a_secret_changed_between_two_tries_signs_beside_the_old_one(lab: Lab) -> None:
    """F32."""
    account, host, gateway = lab.account(), lab.host(), lab.gateways["other"]
    # The second try must not come before the secret is changed.
    lab.receiver.script(host, Reply(503, {"Retry-After": "3600"}))
    transfer = deposit(lab, account, lab.url(host), "other")
    tried(lab, transfer)
    old = gateway["secret"]
    gateway["secret"] = new = lab.call(f"print(back_api().callbacks.make_secret(OWNER, {gateway['client_id']!r}).secret)").strip()
    tried(lab, transfer, times=2)
    first, second = lab.receiver.at_host(host)
    assert [len(heard.signature.split()) for heard in (first, second)] == [1, 2]
    assert is_signed([Webhook(old)], first)
    assert all(is_signed([Webhook(secret)], second) for secret in (old, new))
    lab.call(f"back_api().callbacks.end_previous_secret(OWNER, {gateway['client_id']!r})")
    tried(lab, deposit(lab, account, lab.url(host), "other"))
    third = lab.receiver.at_host(host)[2]
    assert (is_signed([Webhook(old)], third), is_signed([Webhook(new)], third)) == (False, True)


def test_an_event_that_is_committed_late_is_told_all_the_same(lab: Lab) -> None:
    """F63: its ids and its time are smaller than those of what everybody has seen meanwhile."""
    late, other, host, client_id = lab.account(), lab.account(), lab.host(), lab.gateways["gateway"]["client_id"]
    transfer, webhook_id = "00000000000000000000000LAT", "evt_" + "0" * 32
    authority = f"{host}:{lab.receiver.port}"
    with lab.connect(autocommit=False) as session:
        session.execute(
            "SELECT (transfers_open(ROW(%s, %s, 'Deposit', %s, '\\x00', %s, 'usd', 5)::transfers_wanted, "
            "ROW('client', %s, 'Gateway', 'api', 'late')::core_actor, ROW(%s, %s, %s, %s)::transfers_callback)).outcome",
            [transfer, f"{transfer[:-1]}J", f"late-{late}", late, client_id, webhook_id, lab.url(host), authority, client_id],
        )
        deposit(lab, other, lab.url(host))
        assert wait_until(lambda: lab.waiting() == 0, 40)
        assert [heard.webhook_id == webhook_id for heard in lab.receiver.at_host(host)] == [False]
        session.commit()
    # Nobody rings for it: a sweep finds it.
    assert wait_until(lambda: lab.receiver.of(webhook_id), 40)
    lab.quiet()
    assert assert_all_heard(lab, [lab.gateways["gateway"]["secret"]], [late, other]) == 2
