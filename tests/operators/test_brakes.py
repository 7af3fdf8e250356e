"""Guessing is slow, nobody can be locked out of their own desk by a stranger, and the counts are in PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from backoffice.contracts.desk import Operator
from backoffice.contracts.errors import Refused, TooMany, Unauthenticated
from backoffice.operators import brakes, models
from backoffice.services import identity
from tests.operators.conftest import OFFICE, PASSWORD, make_operator, signed_in

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def guess(username: str = "clerk", *, network: str = OFFICE, password: str = "wrong") -> type[Exception] | None:
    try:
        identity().sign_in(username, password, network=network, agent="")
    except Refused as refusal:
        return type(refusal)
    return None


def test_ten_tries_in_fifteen_minutes_then_wait(clerk: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        assert [guess() for _ in range(11)] == [Unauthenticated] * 10 + [TooMany]
        with pytest.raises(TooMany) as refused:
            identity().sign_in("clerk", PASSWORD, network=OFFICE, agent="")
        assert refused.value.retry_after == 900
        clock.shift(timedelta(minutes=15, seconds=1))
        assert guess(password=PASSWORD) is None


def test_a_thousand_guesses_at_one_person_get_ten_answers_a_quarter(clerk: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        answers = []
        for _ in range(60):
            answers.append(guess())
            clock.shift(30)
    assert answers.count(Unauthenticated) == 20


def test_an_unknown_person_is_braked_alike(db: None) -> None:
    assert [guess("nobody") for _ in range(11)] == [Unauthenticated] * 10 + [TooMany]


def test_the_count_survives_an_empty_redis(clerk: Operator) -> None:
    for _ in range(10):
        guess()
    cache.clear()
    assert guess() is TooMany
    # Only hashes: who types a password into the username field leaves no trace of it.
    assert all(len(key) == 64 and "clerk" not in key for key in models.Brake.objects.values_list("key", flat=True))


def test_the_right_password_takes_its_count_back(clerk: Operator) -> None:
    for _ in range(9):
        guess()
    signed_in("clerk")
    assert [guess() for _ in range(10)] == [Unauthenticated] * 10


def test_many_networks_against_one_person_wait_ever_longer(clerk: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        for number in range(21):
            assert guess(network=f"192.0.2.{number}") is Unauthenticated
            clock.shift(1)
        waits = []
        for number in range(4):
            clock.shift(3_600)
            guess(network=f"198.51.100.{number}")
            with pytest.raises(TooMany) as refused:
                identity().sign_in("clerk", PASSWORD, network="203.0.113.9", agent="")
            waits.append(refused.value.retry_after)
    assert waits == [4, 8, 16, 32]


def test_who_signed_in_from_a_network_before_still_can(clerk: Operator) -> None:
    signed_in("clerk", network=OFFICE)
    with time_machine.travel(MORNING + timedelta(days=300), tick=False):
        models.SignIn.objects.update(started_at=MORNING + timedelta(days=290))
        for number in range(60):
            guess(network=f"192.0.2.{number}")
        assert guess(network="203.0.113.9", password=PASSWORD) is TooMany
        assert guess(network=OFFICE, password=PASSWORD) is None


def test_one_password_for_a_thousand_people_is_stopped(db: None) -> None:
    answers = [guess(f"person-{number}") for number in range(102)]
    assert answers.count(Unauthenticated) == 100
    assert answers[-1] is TooMany


def test_one_holder_of_an_ipv6_network_is_one_network(clerk: Operator) -> None:
    answers = [guess(network=f"2001:db8:1:2::{number:x}") for number in range(1, 12)]
    assert answers == [Unauthenticated] * 10 + [TooMany]


def test_old_counts_go(clerk: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        guess()
        clock.shift(timedelta(hours=25))
        guess("somebody-else", network="192.0.2.1")
    assert models.Brake.objects.filter(last_at__lt=MORNING + timedelta(hours=1)).count() == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_tries_at_once_get_ten_answers() -> None:
    make_operator("clerk")
    answers: list[type[Exception] | None] = []
    together(50, lambda: answers.append(guess()))
    assert answers.count(Unauthenticated) == 10
    assert answers.count(TooMany) == 40


@pytest.mark.django_db(transaction=True)
def test_crossed_tries_never_wait_for_each_other() -> None:
    limits = [brakes.limit("one", most=1_000), brakes.limit("two", most=1_000)]
    orders = iter([limits, limits[::-1]] * 10)
    together(20, lambda: brakes.take(next(orders)))
    assert all(len(tries) == 20 for tries in models.Brake.objects.values_list("tries", flat=True))


def together(count: int, act: Callable[[], object]) -> None:
    def run() -> None:
        act()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
