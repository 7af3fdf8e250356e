"""F50: guessing passwords and codes at the doors, by one and by many, and that guessing locks nobody out of the desk they sit at."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client

from backoffice.contracts.desk import NewApiClient
from backoffice.services import desk
from tests.portal.desk_people import EVERYTHING, OWNER, PASSWORD, make_operator
from tests.portal.test_factors import set_up

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def guess(username: str, *, network: str = "192.0.2.1", password: str = "a wrong guess") -> int:
    return Client(REMOTE_ADDR=network).post("/sign-in/", {"username": username, "password": password}).status_code


def test_a_thousand_passwords_for_one_person_get_ten_answers_a_quarter_of_an_hour(clock: time_machine.Traveller) -> None:
    username = make_operator()
    answers: Counter[int] = Counter()
    for _ in range(1_000):
        answers[guess(username)] += 1
        clock.shift(1.8)
    # Thirty minutes: two windows of ten, and nothing more.
    assert answers[401] <= 20
    assert answers[401] + answers[429] == 1_000


def test_one_password_for_a_thousand_people_gets_a_hundred_answers(clock: time_machine.Traveller) -> None:
    answers = Counter(guess(f"person-{number}") for number in range(300))
    assert answers == {401: 100, 429: 200}


def test_the_api_door_is_braked_alike() -> None:
    client = desk().api_clients.create(OWNER, NewApiClient(name="crm"))
    body = {"clientId": client.client_id, "clientSecret": "a wrong guess"}
    answers = [Client().post("/auth/token", body, content_type="application/json").status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_a_flood_from_elsewhere_locks_nobody_out_of_the_desk_they_sit_at(clock: time_machine.Traveller) -> None:
    username = make_operator()
    assert guess(username, network="10.0.0.1", password=PASSWORD) == 302
    for number in range(60):
        guess(username, network=f"198.51.100.{number}")
        clock.shift(1)
    assert guess(username, network="203.0.113.9", password=PASSWORD) == 429
    assert guess(username, network="10.0.0.1", password=PASSWORD) == 302


def test_counts_survive_an_empty_redis(clock: time_machine.Traveller) -> None:
    username = make_operator()
    for _ in range(10):
        guess(username)
    cache.clear()
    assert guess(username) == 429


def test_the_header_of_a_proxy_that_is_not_there_buys_no_new_tries() -> None:
    username = make_operator()
    answers = [
        Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": f"10.0.0.{number}"})
        .post("/sign-in/", {"username": username, "password": "wrong"})
        .status_code
        for number in range(12)
    ]
    assert answers == [401] * 10 + [429] * 2


def test_codes_are_braked_at_the_second_step_and_at_proofs_together(clock: time_machine.Traveller) -> None:
    username = make_operator(*EVERYTHING)
    first = Client()
    first.post("/sign-in/", {"username": username, "password": PASSWORD})
    phone, _ = set_up(first)
    clock.shift(60)
    second = Client()
    second.post("/sign-in/", {"username": username, "password": PASSWORD})
    wrong = {"prove-way": "code", "prove-value": "000000"}
    answers = [second.post("/sign-in/factor/", wrong).status_code for _ in range(5)]
    answers += [first.post("/me/confirm/", wrong).status_code for _ in range(6)]
    assert answers == [401] * 5 + [403] * 5 + [429]
    # Another pending sign-in is no new set of tries.
    third = Client()
    third.post("/sign-in/", {"username": username, "password": PASSWORD})
    assert third.post("/sign-in/factor/", {"prove-way": "code", "prove-value": phone.code()}).status_code == 429
    clock.shift(timedelta(minutes=15))
    third.post("/sign-in/", {"username": username, "password": PASSWORD})
    assert third.post("/sign-in/factor/", {"prove-way": "code", "prove-value": phone.code()}).status_code == 302


def test_whether_somebody_has_a_factor_shows_only_behind_the_right_password() -> None:
    username = make_operator()
    first = Client()
    first.post("/sign-in/", {"username": username, "password": PASSWORD})
    set_up(first)
    with_factor, without, nobody = (
        Client().post("/sign-in/", {"username": name, "password": "wrong"}) for name in (username, make_operator(), "nobody")
    )
    assert with_factor.status_code == without.status_code == nobody.status_code == 401
    words = {answer.content.decode().count("The username or the password is wrong") for answer in (with_factor, without, nobody)}
    assert words == {1}


def test_passkeys_are_braked_per_network() -> None:
    answer = {"prove-way": "passkey", "prove-value": "{}", "prove-challenge": "x"}
    assert Counter(Client().post("/sign-in/passkey/", answer).status_code for _ in range(32)) == {401: 30, 429: 2}
    assert Counter(Client().post("/sign-in/passkey/challenge/").status_code for _ in range(102)) == {200: 100, 429: 2}


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_ten_answers() -> None:
    username = make_operator()
    answers: list[int] = []

    def try_one() -> None:
        answers.append(guess(username))
        connection.close()

    threads = [threading.Thread(target=try_one) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {401: 10, 429: 40}
