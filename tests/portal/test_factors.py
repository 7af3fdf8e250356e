"""Second factors in the browser: setting them up, the second step of a sign-in, and proving anew what is dangerous."""

import html
import re
from base64 import b32decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from backoffice.operators import models
from tests.operators.phone import Phone
from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator, signed_in
from tests.portal.posted import HTMX, form_of

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ROLE = {"name": "Night shift", "operations": "view-common"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def scan(page: str) -> tuple[Phone, dict[str, str]]:
    """The phone that scanned the page, and the page's form."""
    seed = re.search(r'id="seed" value="([A-Z2-7 ]+)"', page)
    assert seed
    return _phone(seed[1]), form_of(page, '<form class="stack" method="post" action="/me/factors/authenticator/add/"')


def _phone(typed: str) -> Phone:
    return Phone(b32decode(typed.replace(" ", "")))


def set_up(client: Client) -> tuple[Phone, list[str]]:
    phone, form = scan(client.post("/me/factors/authenticator/").content.decode())
    answer = client.post("/me/factors/authenticator/add/", form | {"code": phone.code()})
    return phone, re.findall(r"<li>([\w-]{19})</li>", answer.content.decode())


def test_an_authenticator_is_scanned_and_its_codes_are_shown_once(clock: time_machine.Traveller) -> None:
    client = signed_in()
    page = client.post("/me/factors/authenticator/").content.decode()
    # All of it whatever the frame's size is: with a width of its own the frame cut it off, and no phone could read it.
    assert '<svg viewBox="0 0 ' in page
    assert 'class="qr"' in page
    _, codes = set_up(client)
    assert len(set(codes)) == 10
    own = client.get("/me/").content.decode()
    assert "10 left" in own
    assert not any(code in own for code in codes)


def test_a_wrong_first_code_shows_the_same_picture_again() -> None:
    client = signed_in()
    page = client.post("/me/factors/authenticator/").content.decode()
    phone, form = scan(page)
    again = client.post("/me/factors/authenticator/add/", form | {"code": "000000"})
    assert again.status_code == 400
    assert scan(again.content.decode())[0] == phone
    assert 'aria-invalid="true"' in again.content.decode()


def test_the_second_step_leads_where_the_first_was_going(clock: time_machine.Traveller) -> None:
    username = make_operator(*EVERYTHING)
    first = Client()
    first.post("/sign-in/", {"username": username, "password": PASSWORD})
    phone, codes = set_up(first)
    clock.shift(30)
    client = Client()
    step = client.post("/sign-in/", {"username": username, "password": PASSWORD, "next": "/markets/?q=eur"})
    assert step.headers["Location"] == "/sign-in/factor/?next=%2Fmarkets%2F%3Fq%3Deur"
    assert client.get("/").status_code == 302
    form = form_of(client.get(step.headers["Location"]).content.decode(), '<form class="stack"')
    refused = client.post("/sign-in/factor/", form | {"prove-value": "000000"})
    assert refused.status_code == 401
    assert "That does not prove it" in refused.content.decode()
    before = client.session.session_key
    done = client.post("/sign-in/factor/", form | {"prove-value": phone.code()})
    assert (done.status_code, done.headers["Location"]) == (302, "/markets/?q=eur")
    assert client.session.session_key != before
    assert client.get("/").status_code == 200
    other = Client()
    other.post("/sign-in/", {"username": username, "password": PASSWORD})
    assert other.post("/sign-in/factor/", {"prove-way": "code", "prove-value": codes[0]}).status_code == 302


def test_the_second_step_without_the_first_leads_to_the_first() -> None:
    assert Client().get("/sign-in/factor/").headers["Location"].startswith("/sign-in/?")
    assert Client().post("/sign-in/factor/", {"prove-way": "code", "prove-value": "123456"}).headers["Location"].startswith("/sign-in/?")


def test_who_owes_a_factor_gets_nowhere_else(settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"
    client = signed_in("manage-transfers", "view-common")
    assert client.get("/markets/").headers["Location"] == "/me/"
    assert client.post("/settings/roles/new/", ROLE).headers["Location"] == "/me/"
    # A poll of a page that is open neither moves it nor fails it.
    assert client.get("/live/", headers=HTMX).status_code == 204
    assert "Set up a second factor to begin" in client.get("/me/").content.decode()
    set_up(client)
    assert client.get("/markets/").status_code == 200
    assert "Required by your roles" in client.get("/me/").content.decode()


class TestProvingAnew:
    def test_the_request_is_repeated_with_the_proof(self, clock: time_machine.Traveller) -> None:
        client = signed_in(*EVERYTHING)
        clock.shift(timedelta(minutes=6))
        asked = client.post("/settings/roles/new/", ROLE, headers={"Referer": "http://testserver/settings/roles/new/"})
        page = asked.content.decode()
        assert asked.status_code == 403
        assert not models.Role.objects.filter(name="Night shift").exists()
        assert 'href="/settings/roles/new/"' in page
        form = form_of(page, '<form method="post" action="/settings/roles/new/"')
        assert form == ROLE | {"prove-way": "password", "prove-value": ""}
        before = client.session.session_key
        done = client.post("/settings/roles/new/", form | {"prove-value": PASSWORD})
        assert done.status_code == 303
        assert models.Role.objects.get(name="Night shift").operations == ["view-common"]
        assert client.session.session_key not in (before, None)
        assert client.post("/settings/roles/new/", ROLE | {"name": "Another"}).status_code == 303

    def test_a_wrong_proof_asks_again_and_keeps_what_was_sent(self, clock: time_machine.Traveller) -> None:
        client = signed_in(*EVERYTHING)
        clock.shift(timedelta(minutes=6))
        again = client.post("/settings/roles/new/", ROLE | {"prove-way": "password", "prove-value": "wrong"})
        page = again.content.decode()
        assert again.status_code == 403
        assert "That does not prove it" in page
        assert form_of(page, '<form method="post" action="/settings/roles/new/"')["name"] == "Night shift"
        assert "wrong" not in page
        assert not models.Role.objects.filter(name="Night shift").exists()

    def test_from_a_part_of_a_page_the_question_comes_in_the_dialog(self, clock: time_machine.Traveller) -> None:
        client = signed_in(*EVERYTHING)
        clock.shift(timedelta(minutes=6))
        asked = client.post("/settings/roles/new/", ROLE, headers=HTMX | {"HX-Current-URL": "http://testserver/settings/roles/"})
        assert (asked.status_code, asked.headers["HX-Retarget"]) == (412, "#ask")
        page = asked.content.decode()
        assert "<html" not in page
        assert 'href="/settings/roles/" data-close' in page

    def test_text_that_is_repeated_stays_text(self, clock: time_machine.Traveller) -> None:
        client = signed_in(*EVERYTHING)
        clock.shift(timedelta(minutes=6))
        hostile = '"><script>alert(1)</script>'
        page = client.post("/settings/roles/new/", {"name": hostile, hostile: "x"}).content.decode()
        assert "<script>alert" not in page
        assert html.escape(hostile) in page

    def test_guesses_run_into_a_brake_that_says_how_long(self, clock: time_machine.Traveller) -> None:
        client = signed_in(*EVERYTHING)
        answers = [client.post("/me/confirm/", {"prove-way": "password", "prove-value": "wrong"}) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [403] * 10 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0

    def test_an_authenticator_is_asked_for_its_code(self, clock: time_machine.Traveller) -> None:
        client = signed_in(*EVERYTHING)
        phone, _ = set_up(client)
        clock.shift(timedelta(minutes=6))
        page = client.post("/me/factors/codes/").content.decode()
        assert 'type="password"' not in page
        done = client.post("/me/factors/codes/", {"prove-way": "code", "prove-value": phone.code()})
        assert done.content.decode().count("<li>") >= 10

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
    def test_next_never_leads_to_another_host(self, elsewhere: str) -> None:
        answer = signed_in().post("/me/confirm/", {"prove-way": "password", "prove-value": PASSWORD, "next": elsewhere})
        assert answer.headers["Location"] == "/"


def test_an_administrator_resets_the_factors_of_who_lost_them() -> None:
    username = make_operator("view-common", name="Lee Loser")
    loser, chief = Client(), signed_in(*EVERYTHING, name="Cleo Chief")
    loser.post("/sign-in/", {"username": username, "password": PASSWORD})
    set_up(loser)
    person = models.Operator.objects.get(username=username)
    refused = chief.post(f"/settings/operators/{person.pk}/factors/reset/", {"reason": ""})
    assert refused.status_code == 400
    done = chief.post(f"/settings/operators/{person.pk}/factors/reset/", {"reason": "Phone fell into the sea"})
    assert done.status_code == 303
    assert loser.get("/").status_code == 302
    assert loser.post("/sign-in/", {"username": username, "password": PASSWORD}).headers["Location"] == "/"
    assert "Phone fell into the sea" in chief.get(f"/settings/operators/{person.pk}/").content.decode()


def test_nobody_is_offered_to_reset_their_own() -> None:
    client = signed_in(*EVERYTHING, name="Cleo Chief")
    chief = models.Operator.objects.get(name="Cleo Chief")
    assert "Reset second factors" not in client.get(f"/settings/operators/{chief.pk}/").content.decode()


def test_sessions_say_how_they_were_proved_and_all_others_end() -> None:
    username = make_operator()
    here, *there = [Client() for _ in range(3)]
    for client in (here, *there):
        client.post("/sign-in/", {"username": username, "password": PASSWORD})
    assert here.get("/me/").content.decode().count("by password") == 3
    assert here.post("/me/sign-ins/end-others/").status_code == 303
    assert [client.get("/me/").status_code for client in (here, *there)] == [200, 302, 302]
