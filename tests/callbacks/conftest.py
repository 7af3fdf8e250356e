"""A receiver, a DNS server, and callbacks to send."""

import base64
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.callbacks import models
from backoffice.callbacks.urls import Target, parse
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewApiClient
from backoffice.services import BackApi, back_api, desk
from tests.callbacks import names as dns_server
from tests.callbacks import receiver as receivers

CHIEF = Actor(
    kind="operator",
    id="chief",
    name="chief",
    door="portal",
    operations=frozenset(operations.ALL),
    trace_id="trace-chief",
    confirmed_at=datetime.max.replace(tzinfo=UTC),
)
WORKER = Actor(kind="system", id="callbacks", name="Callbacks", door="job", operations=frozenset({operations.WORKER}))
KEYS = {"k1": base64.b64decode("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=")}
HOST = "receiver.demo.test"
NUMBERS = count(1)


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.CALLBACK_KEYS = KEYS


@pytest.fixture
def receiver(settings: Any) -> Iterator[receivers.Server]:
    """Under the names r1.demo.test and so on as well, which are as many hosts."""
    settings.PLAIN_HTTP_CALLBACKS = True
    settings.CALLBACK_LOCAL_HOSTS = dict.fromkeys((HOST, *(f"r{number}.demo.test" for number in range(30))), "127.0.0.1")
    with receivers.serving() as server:
        yield server


@pytest.fixture
def names(settings: Any) -> Iterator[dns_server.Names]:
    with dns_server.serving() as server:
        settings.CALLBACK_RESOLVER = server.address
        yield server


CONNECTIONS: list[Any] = []
_WATCHED = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        CONNECTIONS.append(arguments[1])


@pytest.fixture
def connections() -> list[Any]:
    """Every address that this process connects a socket to from here on, whoever does it."""
    if not _WATCHED:
        # Such a hook stays for the life of the process.
        sys.addaudithook(_watch)
        _WATCHED.append(True)
    CONNECTIONS.clear()
    return CONNECTIONS


def target(receiver: receivers.Server, path: str = "/ok", *, host: str = HOST) -> Target:
    return parse(f"http://{host}:{receiver.port}{path}")


@pytest.fixture
def api(db: None) -> BackApi:
    """Callbacks here tell of events that never were, so their reference goes for as long as the test's transaction lasts."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE callbacks_callback DROP CONSTRAINT callback_has_an_event")
    return back_api()


@pytest.fixture
def client(api: BackApi, receiver: receivers.Server) -> str:
    """An API client with a secret and every host of the receiver allowed."""
    made = desk().api_clients.create(CHIEF, NewApiClient(name=f"gateway {next(NUMBERS)}"))
    api.callbacks.allow_hosts(CHIEF, made.client_id, [f"*.demo.test:{receiver.port}"])
    api.callbacks.make_secret(CHIEF, made.client_id)
    return made.client_id


def planted(
    client: str,
    target: Target,
    *,
    subject: str | None = None,
    seq: int = 1,
    due_at: datetime | None = None,
    created_at: datetime | None = None,
    **more: Any,
) -> str:
    """A callback as the functions that move money would insert it, but of an event that never was."""
    subject = subject or f"01TEST{next(NUMBERS):020}"
    body = json.dumps({"type": "transfer.completed", "data": {"transferId": subject, "seq": seq, "note": "Grüße"}}, ensure_ascii=False).encode()
    at = created_at or timezone.now() - timedelta(seconds=1)
    row = models.Callback(
        webhook_id=f"evt_{next(NUMBERS):032x}",
        subject_id=subject,
        seq=seq,
        client_id=client,
        url=target.url,
        host=target.authority,
        type="transfer.completed",
        body=body,
        next_attempt_at=due_at or at,
        created_at=at,
        **more,
    )
    without_events([row])
    return row.webhook_id


def without_events(rows: list[models.Callback]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        models.Callback.objects.bulk_create(rows, batch_size=5_000)
        cursor.execute("SET session_replication_role = DEFAULT")


def row(webhook_id: str) -> models.Callback:
    return models.Callback.objects.get(pk=webhook_id)


def states(*webhook_ids: str) -> list[str]:
    return [row(webhook_id).state for webhook_id in webhook_ids]
