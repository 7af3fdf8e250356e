"""The live process: who may listen, what they hear and when it ends; a real process on a real database."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from backoffice.contracts.assets import NewAsset
from backoffice.operators import models
from backoffice.services import back_api
from tests.api.callers import OWNER
from tests.events.live import Live, cookie, listen, serving, until
from tests.notifications.people import timed_out
from tests.portal.desk_people import VIEWER, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("running"), pytest.mark.faults]
DESK = "http://desk.example.test:8000"


@pytest.fixture
def live(transactional_db: None, tmp_path: Path) -> Iterator[Live]:
    with serving(tmp_path / "log", PUBLIC_URL=DESK) as process:
        yield process


def test_whoever_is_signed_in_hears_of_notifications_and_changes_within_two_seconds(live: Live) -> None:
    client = signed_in(*VIEWER)
    ear = listen(live, client)
    assert ear.answer.getheader("content-type") == "text/event-stream"
    assert ear.answer.getheader("cache-control") == "no-store"
    event, first = ear.next()
    assert (event, first["notifications"]) == ("changed", 0)
    timed_out()
    event, second = ear.next(2.5)
    assert (event, second["records"]) == ("changed", first["records"])
    assert second["notifications"] > first["notifications"]
    back_api().assets.create(OWNER, NewAsset(id="xag", name="Silver", scale=4, type="Metals"))
    event, third = ear.next(2.5)
    assert third["records"] != second["records"]
    assert set(third) == {"notifications", "records"}, "a doorbell says nothing of what it rings for"
    kind, _ = ear.next(12)
    assert kind == "beat", "while nothing happens it says that it is there"


def test_nobody_else_hears_anything(live: Live) -> None:
    client = signed_in(*VIEWER)
    sent = {"Cookie": cookie(client)}
    assert live.get().status == 401
    assert live.get(Cookie="session=made-up").status == 401
    assert live.get(**sent | {"Host": "evil.example.com"}).status == 400
    for elsewhere in ("https://evil.example.com", "http://[", "null", ""):
        assert live.get(Origin=elsewhere, **sent).status == 403
    assert live.get("/markets/", **sent).status == 404
    assert live.get(method="POST", **sent).status == 405
    asked = live.get(Origin=DESK, **sent)
    assert (asked.status, asked.getheader("access-control-allow-origin")) == (200, DESK)
    assert asked.getheader("access-control-allow-credentials") == "true"
    assert live.get(Origin="http://localhost", **sent).getheader("access-control-allow-origin") is None


def test_a_stream_ends_with_its_sign_in_and_keeps_none_from_idling(live: Live) -> None:
    client, other = signed_in(*VIEWER), signed_in(*VIEWER, name="Vera")
    before = set(models.SignIn.objects.values_list("pk", "seen_at"))
    ear, stays = listen(live, client), listen(live, other)
    ear.next()
    client.post("/sign-out/")
    until(ear.is_over.is_set, 8)
    assert not stays.is_over.is_set()
    models.Operator.objects.filter(name="Vera").update(is_active=False)
    until(stays.is_over.is_set, 8)
    assert {seen for _, seen in before} >= set(models.SignIn.objects.values_list("seen_at", flat=True))


def test_one_operator_holds_so_many_streams_and_gets_places_back(live: Live) -> None:
    client = signed_in(*VIEWER)
    ears = [listen(live, client) for _ in range(12)]
    assert live.get(Cookie=cookie(client)).status == 429
    assert listen(live, signed_in(*VIEWER, name="Vera")).next()[0] == "changed"
    for ear in ears[:3]:
        ear.leave()
    until(lambda: live.get(Cookie=cookie(client)).status == 200)


def test_it_takes_no_thread_for_a_listener(live: Live) -> None:
    ears = [listen(live, signed_in(*VIEWER, name=f"Reader {number}")) for number in range(6)]
    for ear in ears:
        ear.next()
    worker = max(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent(pid) == live.process.pid)
    few = len(os.listdir(f"/proc/{worker}/task"))
    more = [listen(live, signed_in(*VIEWER, name=f"Another {number}")) for number in range(12)]
    for ear in more:
        ear.next()
    assert len(os.listdir(f"/proc/{worker}/task")) <= few + 2


def test_it_goes_on_when_the_database_was_away(live: Live) -> None:
    ear = listen(live, signed_in(*VIEWER))
    _, before = ear.next()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    timed_out()
    _, news = ear.next(8)
    assert news["notifications"] > before["notifications"]


def test_it_stops_when_it_is_asked_to_though_somebody_listens(live: Live) -> None:
    ear = listen(live, signed_in(*VIEWER))
    ear.next()
    live.process.send_signal(signal.SIGTERM)
    assert live.process.wait(8) is not None
    until(ear.is_over.is_set)


def _parent(pid: str) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
