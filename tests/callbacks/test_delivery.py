"""From a due row to a signed message and back: the states, the attempts, the notices."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from backoffice.callbacks import models
from backoffice.notifications.models import AdminNotification
from backoffice.services import BackApi
from tests.callbacks.conftest import CHIEF, WORKER, planted, row, states, target
from tests.callbacks.receiver import Server


def deliver(api: BackApi) -> int:
    return api.callbacks.deliver(WORKER)


def make_due(*webhook_ids: str) -> None:
    models.Callback.objects.filter(pk__in=webhook_ids).update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def notices() -> list[str]:
    return list(AdminNotification.objects.order_by("id").values_list("type", flat=True))


def test_a_callback_arrives_signed_and_is_delivered(api: BackApi, client: str, receiver: Server) -> None:
    secret = api.callbacks.make_secret(CHIEF, client).secret
    webhook_id = planted(client, target(receiver))
    assert deliver(api) == 1
    (seen,) = receiver.seen
    assert Webhook(secret).verify(seen.body, seen.headers)["type"] == "transfer.completed"
    assert seen.headers["webhook-id"] == webhook_id
    kept = row(webhook_id)
    assert (kept.state, kept.attempts, kept.next_attempt_at, kept.lease_token, kept.lease_until) == ("Delivered", 1, None, None, None)
    assert kept.finished_at
    (attempt,) = api.callbacks.get(CHIEF, webhook_id).tries
    assert (attempt.number, attempt.outcome, attempt.status, attempt.reason, attempt.answer) == (1, "Delivered", 200, "", "")


def test_nothing_is_sent_before_its_time_or_twice(api: BackApi, client: str, receiver: Server) -> None:
    planted(client, target(receiver), due_at=timezone.now() + timedelta(minutes=1))
    assert deliver(api) == 0
    planted(client, target(receiver))
    assert (deliver(api), deliver(api), len(receiver.seen)) == (1, 0, 1)


def test_a_failure_is_tried_again_on_the_timetable_with_the_same_id_and_bytes(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver, "/status?code=500&says=oops"))
    deliver(api)
    kept = row(webhook_id)
    assert (kept.state, kept.attempts) == ("Waiting", 1)
    assert timedelta(seconds=3) < kept.next_attempt_at - timezone.now() < timedelta(seconds=6)
    make_due(webhook_id)
    deliver(api)
    assert timedelta(seconds=230) < row(webhook_id).next_attempt_at - timezone.now() < timedelta(seconds=361)
    first, second = receiver.seen
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert [(one.number, one.status, one.reason, one.answer) for one in api.callbacks.get(CHIEF, webhook_id).tries] == [
        (1, 500, "HTTP 500", "oops"),
        (2, 500, "HTTP 500", "oops"),
    ]


def test_after_ten_attempts_it_is_dead_and_somebody_is_told_once(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver, "/status?code=500"))
    for _ in range(12):
        deliver(api)
        if row(webhook_id).state == "Waiting":
            make_due(webhook_id)
    kept = row(webhook_id)
    assert (kept.state, kept.attempts, len(receiver.seen)) == ("Dead", 10, 10)
    assert kept.dead_reason == "10 attempts failed, the last with: HTTP 500"
    assert notices() == ["CallbackDead"]


def test_gone_is_dead_at_once(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver, "/status?code=410"))
    deliver(api)
    assert (states(webhook_id), notices()) == (["Dead"], ["CallbackDead"])


def test_a_receiver_that_refuses_is_told_of_after_the_third_time(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver, "/status?code=404"))
    for expected in ([], [], ["CallbackRefusedByReceiver"], ["CallbackRefusedByReceiver"]):
        deliver(api)
        assert notices() == expected
        make_due(webhook_id)


def test_a_busy_receiver_gets_one_lane_for_a_while(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver, "/status?code=429&after=100"))
    deliver(api)
    host = models.Host.objects.get()
    assert timedelta(minutes=4) < host.penalty_until - timezone.now() < timedelta(minutes=6)
    assert timedelta(seconds=58) < row(webhook_id).next_attempt_at - timezone.now() < timedelta(seconds=101)


def test_one_delivery_says_that_a_host_works_again(api: BackApi, client: str, receiver: Server) -> None:
    planted(client, target(receiver, "/status?code=500"))
    deliver(api)
    assert models.Host.objects.get().failing_since
    planted(client, target(receiver))
    deliver(api)
    assert models.Host.objects.get().failing_since is None


def test_a_host_that_fails_for_a_day_is_told_of_and_after_five_left_alone(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver, "/status?code=500"))
    for hours, expected in (
        (1, []),
        (25, ["CallbackHostFailing"]),
        (30, ["CallbackHostFailing"]),
        (121, ["CallbackHostFailing", "CallbackHostPaused"]),
    ):
        models.Host.objects.update_or_create(host=target(receiver).authority, defaults={"failing_since": timezone.now() - timedelta(hours=hours)})
        make_due(webhook_id)
        deliver(api)
        assert notices() == expected, hours
    make_due(webhook_id)
    planted(client, target(receiver))
    assert deliver(api) == 0
    assert api.callbacks.hosts(CHIEF)[0].paused_at
    api.callbacks.resume_host(CHIEF, target(receiver).authority)
    assert deliver(api) == 2


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://127.0.0.1/", "the host must be a name, not an address"),
        ("https://user@receiver.demo.test/", "must not hold a user name or password"),
        ("https://elsewhere.example.com/", "the host is not on the client's list"),
        ("https://testserver.example.com\\@127.0.0.1/", "must not hold blanks, control characters or backslashes"),
    ],
)
def test_what_should_never_have_been_planted_is_not_sent(
    url: str, reason: str, api: BackApi, client: str, receiver: Server, connections: list[Any]
) -> None:
    webhook_id = planted(client, target(receiver))
    models.Callback.objects.filter(pk=webhook_id).update(url=url)
    deliver(api)
    (attempt,) = api.callbacks.get(CHIEF, webhook_id).tries
    assert (attempt.outcome, attempt.status, attempt.reason) == ("Refused", None, reason)
    assert states(webhook_id) == ["Waiting"]
    assert connections == []
    assert not models.Host.objects.exists(), "our own refusal says nothing of the host"


def test_a_host_that_was_taken_off_the_list_gets_nothing_more(api: BackApi, client: str, receiver: Server) -> None:
    webhook_id = planted(client, target(receiver))
    api.callbacks.allow_hosts(CHIEF, client, ["pay.example.com"])
    deliver(api)
    assert receiver.seen == []
    api.callbacks.allow_hosts(CHIEF, client, [f"*.demo.test:{receiver.port}"])
    make_due(webhook_id)
    deliver(api)
    assert states(webhook_id) == ["Delivered"]


def test_without_a_secret_that_opens_nothing_is_sent(api: BackApi, client: str, receiver: Server, settings: Any) -> None:
    webhook_id = planted(client, target(receiver))
    settings.CALLBACK_KEYS = {"another": b"x" * 32}
    deliver(api)
    assert (receiver.seen, api.callbacks.get(CHIEF, webhook_id).tries[0].reason) == ([], "the client has no secret to sign with")


def test_during_a_rotation_both_secrets_sign_and_afterwards_only_the_new_one(api: BackApi, client: str, receiver: Server) -> None:
    old = api.callbacks.make_secret(CHIEF, client).secret
    webhook_id = planted(client, target(receiver, "/status?code=500"))
    deliver(api)
    made = api.callbacks.make_secret(CHIEF, client)
    assert timedelta(hours=23) < made.previous_secret_until - timezone.now() <= timedelta(hours=24)
    make_due(webhook_id)
    deliver(api)
    api.callbacks.end_previous_secret(CHIEF, client)
    make_due(webhook_id)
    deliver(api)
    before, during, after = receiver.seen
    assert [len(seen.headers["webhook-signature"].split()) for seen in receiver.seen] == [2, 2, 1]
    for seen, secret in ((before, old), (during, old), (during, made.secret), (after, made.secret)):
        assert Webhook(secret).verify(seen.body, seen.headers) == json.loads(seen.body)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(after.body, after.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(during.body + b" ", during.headers)


def test_what_has_been_kept_long_enough_goes(api: BackApi, client: str, receiver: Server) -> None:
    failed, old, dead, young = (planted(client, target(receiver, path)) for path in ("/status?code=500&says=oops", "/ok", "/status?code=410", "/ok"))
    deliver(api)
    for webhook_id, days in ((old, 91), (dead, 366)):
        at = timezone.now() - timedelta(days=days)
        models.Callback.objects.filter(pk=webhook_id).update(created_at=at, finished_at=at)
    models.Attempt.objects.filter(callback_id=failed).update(at=timezone.now() - timedelta(days=31))
    api.callbacks.clean(WORKER)
    assert set(models.Callback.objects.values_list("pk", flat=True)) == {failed, young}
    assert models.Attempt.objects.count() == 2
    assert api.callbacks.get(CHIEF, failed).tries[0].answer == ""
