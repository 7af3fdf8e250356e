"""One line of JSON for each request and each task that was rung for, with ids and words of ours and nothing that somebody typed."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from backoffice import trace_ids
from backoffice.celery import app
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewApiClient, TokenRequest
from backoffice.contracts.operations import OWN
from backoffice.core import doorbell
from backoffice.logs import JsonLines
from backoffice.operators.models import Operator
from backoffice.services import desk, identity
from tests.portal.desk_people import OWNER, make_operator, signed_in

TRACE = "trace-of-a-test"


class Lines:
    """What the desk's own handler would write."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(JsonLines())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def all(self, message: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if not message or line["message"] == message]

    def last(self, message: str = "answered") -> dict[str, Any]:
        return self.all(message)[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    found, root = Lines(), logging.getLogger()
    before, root.level = root.level, logging.INFO
    root.addHandler(found.handler)
    yield found
    root.removeHandler(found.handler)
    root.setLevel(before)


def token(*operations: str) -> str:
    client = desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=list(operations)))
    request = TokenRequest(client_id=client.client_id, client_secret=client.client_secret)
    return identity().issue_token(request, network="127.0.0.1").access_token


@pytest.mark.django_db
def test_a_request_is_one_line_without_its_query(lines: Lines) -> None:
    answer = Client().get(
        "/back-api/backoffice/v2/assets/list?secret=hunter2", headers={"Authorization": f"Bearer {token('view-common')}", "X-Request-ID": TRACE}
    )
    line = lines.last()
    assert (answer.headers["X-Request-ID"], line["traceId"]) == (TRACE, TRACE)
    assert (line["method"], line["status"], line["code"], line["door"]) == ("GET", answer.status_code, "invalid", "api")
    assert line["route"] == "/back-api/backoffice/v2/assets/list"
    assert line["actor"].startswith("client:")
    assert line["durationMs"] > 0
    assert "hunter2" not in lines.text


@pytest.mark.django_db
def test_a_change_says_which_action_it_was_and_ids_in_paths_stay_out(lines: Lines) -> None:
    answer = Client().put(
        "/back-api/backoffice/v2/internal-assets/usd-of-mine",
        {"name": "x", "scale": 2, "type": "Fiat"},
        content_type="application/json; x-api-version=2.0",
        headers={"Authorization": f"Bearer {token('manage-assets')}"},
    )
    assert answer.status_code == 404, answer.content
    line = lines.last()
    assert line["route"] == "/back-api/backoffice/v2/internal-assets/{id}"
    assert (line["code"], line["action"]) == ("not_found", "assets.update")
    assert "usd-of-mine" not in lines.text


@pytest.mark.django_db
def test_signing_in_and_being_refused_are_told_apart_without_names(lines: Lines) -> None:
    username = make_operator("view-common")
    assert Client().post("/sign-in/", {"username": username, "password": "no-such-password"}).status_code == 401
    assert (lines.last()["status"], lines.all("sign-in refused from 127.0.0.1") != []) == (401, True)
    signed_in("view-common")
    assert lines.last()["action"] == "identity.sign_in"
    assert username not in lines.text
    assert "no-such-password" not in lines.text


def test_probes_and_files_of_the_pages_leave_no_line(lines: Lines) -> None:
    Client().get("/livez")
    assert lines.all("answered") == []


def test_the_trace_of_whoever_calls_is_taken_over() -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    given = {"": "", "a word": parent, "x" * 65: parent, "own-request-1": parent}
    assert [trace_ids.trace_id_for(word, trace) for word, trace in given.items()][1:] == ["4bf92f3577b34da6a3ce929d0e0e4736"] * 2 + ["own-request-1"]
    for broken in (
        parent.upper(),
        parent.replace("4bf9", "zzzz"),
        parent.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        "ff" + parent[2:],
        "",
    ):
        assert len(trace_ids.trace_id_for("", broken)) == 26, broken


def test_a_value_forges_no_second_line() -> None:
    said = 'a\r\n{"level":"INFO","message":"forged"}\ud800'
    line = JsonLines().format(logging.makeLogRecord({"name": "backoffice.test", "msg": "said %s", "args": (said,)}))
    assert "\n" not in line
    assert "\r" not in line
    assert json.loads(line)["message"] == "said " + said.replace("\ud800", "?")


def test_only_what_is_listed_is_written(lines: Lines) -> None:
    logging.getLogger("backoffice.test").info("x", extra={"password": "hunter2", "code": "shown", "actor": {"not": "a word"}})
    assert (lines.all()[0]["code"], "hunter2" in lines.text, "actor" in lines.all()[0]) == ("shown", False, False)


@pytest.mark.django_db
def test_an_error_is_told_by_kind_and_place_not_by_what_it_quotes(lines: Lines) -> None:
    try:
        for _ in range(2):
            Operator.objects.create(username="twice-the-same", name="x", email="canary@example.com", created_at="2026-01-01T00:00:00Z")
    except IntegrityError:
        logging.getLogger("backoffice.test").exception("it broke")
    told = lines.all()[0]["exception"]
    assert "django.db.utils.IntegrityError" in told
    assert "23505, operators_operator, operators_operator_username" in told
    assert "tests/operations/test_logs.py" in told
    assert "twice-the-same" not in lines.text


def test_what_libraries_say_keeps_its_numbers_and_plain_words(lines: Lines) -> None:
    context = {"name": "backoffice.jobs.x", "id": "f47ac10b-58cc-4372-a567-0e02b2c3d479", "exc": repr(ValueError("hunter2"))}
    logging.getLogger("celery.app.trace").error("Task %(name)s[%(id)s] raised: %(exc)s", context)
    logging.getLogger("kombu").error("%s of %s: %s", 3, "a@example.com", ValueError("hunter2"))
    assert [line["message"] for line in lines.all()] == [
        "Task backoffice.jobs.x[f47ac10b-58cc-4372-a567-0e02b2c3d479] raised: (not shown)",
        "3 of (not shown): ValueError",
    ]


@app.task(name="tests.operations.seen")
def seen() -> str:
    logging.getLogger("backoffice.test").info("at work")
    return trace_ids.current()


def test_a_task_works_under_the_id_of_whoever_rang(lines: Lines) -> None:
    assert seen.apply(headers={trace_ids.HEADER: TRACE}).get() == TRACE
    assert lines.all("at work")[0]["traceId"] == TRACE
    assert {name: lines.last("worked")[name] for name in ("traceId", "task", "outcome")} == {
        "traceId": TRACE,
        "task": "tests.operations.seen",
        "outcome": "done",
    }
    assert len(seen.apply().get()) == 26
    assert trace_ids.current() == ""
    assert len(lines.all("worked")) == 1, "a sweep that nobody rang for leaves no line"


def test_the_bell_carries_the_id_and_nothing_else(lines: Lines) -> None:
    with trace_ids.bound(TRACE), redis.Redis.from_url(settings.REDIS_URL, protocol=2) as broker:
        broker.delete("tests-bell")
        assert doorbell.ring("tests.operations.seen", "an-id", queue="tests-bell")
        message = json.loads(broker.rpop("tests-bell"))
    assert message["headers"][trace_ids.HEADER] == TRACE


@pytest.mark.django_db
def test_work_of_the_desk_itself_is_recorded_under_its_task() -> None:
    cli = Actor(kind="system", id="x", name="x", door="job", operations=frozenset({"manage-api-clients", OWN}))
    with trace_ids.bound(TRACE):
        desk().api_clients.create(cli, NewApiClient(name="made by a task"))
    assert desk().audit.find(OWNER, limit=1)[0].trace_id == TRACE
