"""F48: a browser's session begins anew at each proof, ends when it must, and leaves nothing behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from backoffice.contracts.desk import OperatorChange
from backoffice.notifications.models import AdminNotification
from backoffice.operators import models
from backoffice.services import desk
from tests.portal.desk_people import EVERYTHING, OWNER, PASSWORD, make_operator, signed_in
from tests.portal.posted import HTMX

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def several(username: str, count: int = 2) -> list[Client]:
    clients = [Client() for _ in range(count)]
    for client in clients:
        assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return clients


def test_the_key_is_new_at_the_sign_in_and_at_a_proof_and_the_old_one_opens_nothing(clock: time_machine.Traveller) -> None:
    victim, thief = Client(), Client()
    planted = victim.session
    planted["planted"] = True
    planted.save()
    victim.cookies["session"] = planted.session_key
    victim.post("/sign-in/", {"username": make_operator(*EVERYTHING), "password": PASSWORD})
    thief.cookies["session"] = planted.session_key
    assert not is_in(thief)
    before = victim.cookies["session"].value
    assert victim.post("/me/confirm/", {"prove-way": "password", "prove-value": PASSWORD}).status_code == 302
    assert victim.cookies["session"].value != before
    thief.cookies["session"] = before
    assert not is_in(thief)
    assert is_in(victim)
    assert not Session.objects.filter(session_key=before).exists()


def test_a_key_is_long_and_the_cookie_is_kept_from_scripts_and_from_other_sites() -> None:
    cookie = signed_in().cookies["session"]
    assert len(cookie.value) >= 32
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_fifteen_minutes_without_a_click_end_it_whatever_the_page_asks_by_itself(clock: time_machine.Traveller) -> None:
    client = signed_in("view-common")
    for _ in range(14):
        clock.shift(timedelta(minutes=1))
        client.get("/live/?since=0", headers=HTMX)
    assert models.SignIn.objects.get().seen_at == MORNING
    clock.shift(timedelta(minutes=1))
    assert not is_in(client)


def test_clicks_keep_it(clock: time_machine.Traveller) -> None:
    client = signed_in("view-common")
    for _ in range(4):
        clock.shift(timedelta(minutes=14))
        assert is_in(client)


def test_eight_hours_end_it_however_busy(clock: time_machine.Traveller) -> None:
    client = signed_in("view-common")
    for _ in range(47):
        clock.shift(timedelta(minutes=10))
        assert is_in(client)
    clock.shift(timedelta(minutes=10))
    assert not is_in(client)


def test_how_long_is_a_setting(clock: time_machine.Traveller, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS, settings.SESSION_LIFE_SECONDS = 120, 300
    busy, idle = signed_in(), signed_in()
    clock.shift(119)
    assert is_in(busy)
    clock.shift(2)
    assert (is_in(busy), is_in(idle)) == (True, False)
    clock.shift(180)
    assert not is_in(busy)


def test_signing_out_ends_this_one_and_empties_the_browser() -> None:
    here, there = several(make_operator())
    key = here.cookies["session"].value
    answer = here.post("/sign-out/")
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    back = Client()
    back.cookies["session"] = key
    assert (is_in(back), is_in(there)) == (False, True)


def test_a_new_password_ends_all_but_the_one_it_was_set_in() -> None:
    here, there = several(make_operator())
    assert here.post("/me/password/", {"current": PASSWORD, "new": "another-long-word-2026"}).status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)


def test_other_roles_another_password_and_the_end_of_work_end_all() -> None:
    for change in ("roles", "password", "activity"):
        username = make_operator("view-common")
        person = models.Operator.objects.get(username=username)
        clients = several(username)
        if change == "password":
            desk().operators.set_password(OWNER, person.pk, "another-long-word-2026")
        else:
            draft = OperatorChange(name=person.name, email=person.email, is_active=change != "activity", roles=[])
            desk().operators.update(OWNER, person.pk, draft)
        assert [is_in(client) for client in clients] == [False, False], change


def test_an_operation_taken_from_a_role_is_gone_at_the_next_click() -> None:
    client = signed_in("view-common")
    assert client.get("/markets/").status_code == 200
    models.Role.objects.update(operations=[])
    assert client.get("/markets/").status_code == 403


@pytest.mark.parametrize("address", ["/", "/me/", "/markets/", "/settings/roles/", "/nothing-here/"])
def test_the_back_button_shows_nothing_once_signed_out(address: str) -> None:
    client = signed_in(*EVERYTHING)
    assert client.get(address).headers["Cache-Control"] == "no-store"
    client.post("/sign-out/")
    assert client.get(address).headers["Location"].startswith("/sign-in/")


def test_the_forms_at_the_door_are_kept_by_no_cache_either() -> None:
    for address in ("/sign-in/", "/sign-in/factor/"):
        assert "no-store" in Client().get(address).headers["Cache-Control"]


def test_an_administrator_ends_anybodys(clock: time_machine.Traveller) -> None:
    client = signed_in("view-common", name="Lee")
    sign_in = client.session["sign_in"]
    assert signed_in(*EVERYTHING).post(f"/settings/sign-ins/{sign_in}/end/", {"next": "/"}).status_code == 303
    assert not is_in(client)


class TestNewDevices:
    def told(self) -> int:
        return AdminNotification.objects.filter(type="NewDevice").count()

    def test_another_network_or_browser_is_told_once_and_an_update_or_the_first_is_not(self) -> None:
        username, firefox = make_operator(), "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        steps = [
            ("10.0.0.1", firefox, 0),
            ("10.0.0.1", firefox.replace("140", "141"), 0),
            ("10.0.0.2", firefox, 1),
            ("10.0.0.2", firefox, 1),
            ("10.0.0.1", "curl/8", 2),
        ]
        for network, agent, expected in steps:
            Client(REMOTE_ADDR=network, headers={"User-Agent": agent}).post("/sign-in/", {"username": username, "password": PASSWORD})
            assert self.told() == expected, (network, agent)
