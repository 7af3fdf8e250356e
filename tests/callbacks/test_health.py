"""What /readyz says of callbacks: that nobody sends them, not that a receiver is down."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from backoffice.callbacks import models
from tests.callbacks.conftest import planted, target
from tests.callbacks.receiver import Server


def outbox() -> Any:
    return Client().get("/readyz").json()["checks"]["outbox"]


def test_a_due_callback_that_nobody_sends(client: str, receiver: Server) -> None:
    planted(client, target(receiver), due_at=timezone.now() + timedelta(hours=1))
    assert outbox()["ok"]
    planted(client, target(receiver), due_at=timezone.now() - timedelta(minutes=10))
    assert (outbox()["ok"], outbox()["detail"]) == (True, "oldest waiting job is 0 s old, oldest due callback 600 s")
    planted(client, target(receiver, host="r1.demo.test"), due_at=timezone.now() - timedelta(minutes=16))
    assert not outbox()["ok"]
    models.Host.objects.create(host=target(receiver, host="r1.demo.test").authority, failing_since=timezone.now())
    assert outbox()["ok"]
