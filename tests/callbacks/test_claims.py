"""Who gets which callbacks: in order, a few for each host at once, and nobody what another holds."""

import time
from datetime import datetime, timedelta
from itertools import chain

from django.db import connection
from django.utils import timezone

from backoffice.callbacks import claims, marks, models, send
from backoffice.callbacks.claims import Job
from backoffice.callbacks.schedule import Failure
from backoffice.contracts.callbacks import CallbackQuery
from backoffice.services import BackApi
from tests.callbacks.conftest import CHIEF, WORKER, planted, row, states, target
from tests.callbacks.receiver import Server

DELIVERED, FAILED = send.Outcome(200, ""), send.Outcome(500, "HTTP 500", failure=Failure(500))


def take(free: int = 20, *, slow: int = 10) -> list[list[Job]]:
    return claims.take(free, slow=slow)


def result(job: Job, outcome: send.Outcome = DELIVERED, *, gap: timedelta | None = None, dead: str | None = None) -> marks.Result:
    return marks.Result(job, outcome, timezone.now(), 5, gap, dead)


def backlog(client: str, receiver: Server, host: str, count: int, *, seq: int = 1, due_at: datetime | None = None) -> None:
    """Of as many subjects, an hour old."""
    to, at = target(receiver, host=host), timezone.now() - timedelta(hours=1)
    inserted = """
        INSERT INTO callbacks_callback (webhook_id, subject_id, seq, client_id, url, host, type, body, next_attempt_at, created_at)
        SELECT 'evt_' || %s || '_' || %s || '_' || n, %s || '-' || n, %s, %s, %s, %s, 'transfer.completed', '{}', %s, %s FROM generate_series(1, %s) n
    """
    with connection.cursor() as cursor:
        cursor.execute(inserted, [host, seq, host, seq, client, to.url, to.authority, due_at or at, at, count])


def test_what_a_subject_tells_is_told_in_order(api: BackApi, client: str, receiver: Server) -> None:
    ids = [planted(client, target(receiver, host=f"r{seq}.demo.test"), subject="01SUBJECT", seq=seq) for seq in (1, 2, 3)]
    api.callbacks.deliver(WORKER)
    assert [seen.headers["webhook-id"] for seen in receiver.seen] == ids
    assert states(*ids) == ["Delivered"] * 3


def test_nothing_overtakes_a_failure_but_others_go_on(api: BackApi, client: str, receiver: Server) -> None:
    stuck = planted(client, target(receiver, "/status?code=500"), subject="01STUCK", seq=1)
    behind = planted(client, target(receiver), subject="01STUCK", seq=2)
    other = planted(client, target(receiver))
    api.callbacks.deliver(WORKER)
    assert states(stuck, behind, other) == ["Waiting", "Waiting", "Delivered"]
    assert row(behind).attempts == 0
    assert row(behind).next_attempt_at > row(stuck).next_attempt_at - timedelta(seconds=7)
    models.Callback.objects.filter(pk=stuck).update(url=target(receiver, "/status?code=410").url, next_attempt_at=timezone.now())
    api.callbacks.deliver(WORKER)
    assert states(stuck, behind) == ["Dead", "Delivered"]


def test_a_host_has_two_lanes_over_all_workers_and_one_when_it_was_slow(api: BackApi, client: str, receiver: Server) -> None:
    for _ in range(7):
        planted(client, target(receiver))
    lanes = take()
    assert sorted(map(len, lanes)) == [3, 4]
    for _ in range(7):
        planted(client, target(receiver))
    assert take() == []
    marks.write([result(job) for job in lanes[0]], [])
    assert len(take()) == 1
    assert take() == []
    models.Callback.objects.filter(state="Waiting").update(lease_token=None, lease_until=None, next_attempt_at=timezone.now())
    models.Host.objects.create(host=target(receiver).authority, penalty_until=timezone.now() + timedelta(minutes=5))
    assert [batch[0].is_slow for batch in take()] == [True]
    assert take() == []


def test_lanes_go_round_before_anybody_gets_a_second_one(api: BackApi, client: str, receiver: Server) -> None:
    for host in range(4):
        for _ in range(3):
            planted(client, target(receiver, host=f"r{host}.demo.test"))
    assert len({batch[0].host for batch in take(4)}) == 4
    assert len(take(20)) == 4


def test_slow_hosts_share_what_they_may_have(api: BackApi, client: str, receiver: Server) -> None:
    for host in range(12):
        planted(client, target(receiver, host=f"r{host}.demo.test"))
        authority = target(receiver, host=f"r{host}.demo.test").authority
        models.Host.objects.create(host=authority, penalty_until=timezone.now() + timedelta(minutes=5))
    healthy = planted(client, target(receiver, host="r20.demo.test"))
    taken = take(20, slow=10)
    assert len(taken) == 11
    assert healthy in {job.webhook_id for job in chain.from_iterable(taken)}
    assert take(20, slow=0) == []


def test_a_paused_host_is_left_alone(api: BackApi, client: str, receiver: Server) -> None:
    planted(client, target(receiver))
    models.Host.objects.create(host=target(receiver).authority, paused_at=timezone.now())
    assert take() == []


def test_a_worker_that_comes_late_changes_nothing(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver))
    ((late,),) = take()
    models.Callback.objects.update(lease_until=timezone.now(), next_attempt_at=timezone.now())
    ((early,),) = take()
    assert late.token != early.token
    assert marks.write([result(late, FAILED, gap=timedelta(hours=1))], []) == 0
    assert marks.write([], [late]) == 0
    kept = row(webhook_id)
    assert (kept.state, kept.attempts, kept.lease_token) == ("Waiting", 0, early.token)
    assert marks.write([result(early)], []) == 1
    assert marks.write([result(early, FAILED, gap=timedelta(hours=1))], []) == 0
    assert (states(webhook_id), models.Attempt.objects.count(), models.Host.objects.count()) == (["Delivered"], 1, 0)


def test_what_was_taken_and_not_sent_is_given_back(api: BackApi, client: str, receiver: Server) -> None:
    planted(client, target(receiver))
    ((job,),) = take()
    marks.write([], [job])
    assert take()[0][0].webhook_id == job.webhook_id


def test_a_lease_outlives_its_lane() -> None:
    assert claims.LEASE_SECONDS > claims.LANE_SECONDS + send.SECONDS + 15


def test_a_mountain_for_a_dead_host_holds_up_nobody(api: BackApi, client: str, receiver: Server) -> None:
    """F34: with 50,000 waiting for one host, the others get their lanes in the same claim, and no claim grows with the mountain."""
    backlog(client, receiver, "r0.demo.test", 50_000)
    for host in range(1, 9):
        for _ in range(3):
            planted(client, target(receiver, host=f"r{host}.demo.test"))
    began = time.monotonic()
    taken = take()
    took = time.monotonic() - began
    assert len({batch[0].host for batch in taken}) == 9
    mountain = [batch for batch in taken if batch[0].host.startswith("r0.")]
    assert [len(batch) for batch in mountain] == [claims.BATCH] * 2
    assert took < 5, f"a claim took {took:.3f} s"


def test_what_waits_behind_others_is_put_out_of_the_way(api: BackApi, client: str, receiver: Server) -> None:
    """2,000 due messages whose subjects have an earlier one waiting for hours, and the only one that can be sent behind them all."""
    backlog(client, receiver, "r0.demo.test", 2_000, seq=2)
    later = timezone.now() + timedelta(hours=5)
    backlog(client, receiver, "r0.demo.test", 2_000, due_at=later)
    only = planted(client, target(receiver, host="r0.demo.test"))
    assert [job.webhook_id for job in chain.from_iterable(take())] == [only]
    assert not models.Callback.objects.filter(seq=2, next_attempt_at__lt=later).exists()


def test_a_sent_again_one_keeps_its_place(api: BackApi, client: str, receiver: Server) -> None:
    first, second = (planted(client, target(receiver), subject="01AGAIN", seq=seq) for seq in (1, 2))
    api.callbacks.deliver(WORKER)
    assert [one.is_queued for one in api.callbacks.replay(CHIEF, [first, second])] == [False, False]
    (alone,) = api.callbacks.replay(CHIEF, [second])
    assert alone.is_queued
    api.callbacks.replay(CHIEF, [first])
    api.callbacks.deliver(WORKER)
    sent = [seen.headers["webhook-id"] for seen in receiver.seen]
    assert sent == [first, second, first, second]
    assert len({seen.body for seen in receiver.seen}) == 2
    assert [one.number for one in api.callbacks.get(CHIEF, first).tries] == [1, 2]


def test_what_is_being_sent_is_not_sent_again(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver))
    take()
    (one,) = api.callbacks.replay(CHIEF, [webhook_id])
    assert (one.is_queued, one.reason) == (False, "It is being sent right now.")


def test_everything_that_died_is_sent_again_by_host_and_time(api: BackApi, client: str, receiver: Server) -> None:
    dead = [planted(client, target(receiver, "/status?code=410", host=f"r{host}.demo.test")) for host in (1, 1, 2)]
    api.callbacks.deliver(WORKER)
    assert states(*dead) == ["Dead"] * 3
    models.Callback.objects.filter(pk=dead[0]).update(finished_at=timezone.now() - timedelta(days=2))
    since = timezone.now() - timedelta(days=1)
    assert api.callbacks.replay_failed(CHIEF, since=since, host=target(receiver, host="r1.demo.test").authority) == 1
    assert api.callbacks.replay_failed(CHIEF, since=since) == 1
    assert states(*dead) == ["Dead", "Waiting", "Waiting"]


def test_pages_neither_repeat_nor_skip(api: BackApi, client: str, receiver: Server) -> None:
    at = timezone.now()
    ids = {planted(client, target(receiver), created_at=at if number < 5 else at - timedelta(seconds=number)) for number in range(9)}
    found: list[str] = []
    after = None
    while True:
        page = api.callbacks.find(CHIEF, CallbackQuery(client_id=client, after=after, limit=2))
        found += [one.webhook_id for one in page.items]
        after = page.next
        if after is None:
            break
    assert (len(found), set(found), page.total) == (9, ids, 9)
    assert api.callbacks.find(CHIEF, CallbackQuery(host="nobody.example.com")).items == []
