"""Whoever has a second factor needs it at the door; each code counts once; what was lost can be replaced, and that is told."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Operator
from backoffice.contracts.errors import FactorNeeded, Invalid, NotFound, TooMany, Unauthenticated
from backoffice.contracts.factors import Proof
from backoffice.core.models import AuditChange
from backoffice.notifications.models import AdminNotification
from backoffice.operators import models, totp
from backoffice.services import desk, identity
from tests.operators.conftest import OFFICE, PASSWORD, ROOT, acting, actor_of, make_operator, person, signed_in
from tests.operators.phone import scanned, set_up

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SHA1_VECTORS = [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def pending(username: str = "clerk") -> str:
    with pytest.raises(FactorNeeded) as needed:
        identity().sign_in(username, PASSWORD, network=OFFICE, agent="Firefox")
    return needed.value.pending


def finish(waiting: str, code: str) -> str:
    return identity().finish_sign_in(waiting, Proof(way="code", value=code), network=OFFICE, agent="Firefox")[0]


def told() -> list[str]:
    return list(AdminNotification.objects.order_by("id").values_list("type", flat=True))


@pytest.mark.parametrize(("at", "code"), SHA1_VECTORS)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert totp.code_at(b"12345678901234567890", at // 30) == code


def test_who_has_an_authenticator_needs_its_code(clerk: Operator, clock: time_machine.Traveller) -> None:
    phone, _ = set_up(acting("clerk"))
    clock.shift(30)
    sign_in = finish(pending(), phone.code())
    assert actor_of(sign_in)
    assert models.SignIn.objects.get(pk=sign_in).proof == "code"


def test_a_code_counts_once_and_so_do_those_before_it(clerk: Operator, clock: time_machine.Traveller) -> None:
    phone, _ = set_up(acting("clerk"))
    clock.shift(60)
    used, before = phone.code(), phone.code(-1)
    finish(pending(), used)
    for again in (used, before):
        with pytest.raises(Unauthenticated):
            finish(pending(), again)


@pytest.mark.parametrize(("later", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(clerk: Operator, clock: time_machine.Traveller, later: int, is_good: bool) -> None:
    phone, _ = set_up(acting("clerk"))
    clock.shift(300)
    if is_good:
        assert finish(pending(), phone.code(later))
    else:
        with pytest.raises(Unauthenticated):
            finish(pending(), phone.code(later))


def test_the_code_of_the_set_up_opens_nothing_more(clerk: Operator, clock: time_machine.Traveller) -> None:
    phone, _ = set_up(acting("clerk"))
    with pytest.raises(Unauthenticated):
        finish(pending(), phone.code())


def test_a_password_is_no_second_factor(clerk: Operator) -> None:
    set_up(acting("clerk"))
    with pytest.raises(Unauthenticated):
        identity().finish_sign_in(pending(), Proof(way="password", value=PASSWORD), network=OFFICE, agent="")


def test_what_waits_for_a_factor_ends_after_five_minutes_with_use_and_with_a_new_password(clerk: Operator, clock: time_machine.Traveller) -> None:
    phone, _ = set_up(acting("clerk"))
    late = pending()
    clock.shift(timedelta(minutes=5, seconds=1))
    with pytest.raises(Unauthenticated, match="begin anew"):
        finish(late, phone.code())
    used = pending()
    finish(used, phone.code())
    clock.shift(30)
    with pytest.raises(Unauthenticated, match="begin anew"):
        finish(used, phone.code())
    stale = pending()
    desk().operators.set_password(ROOT, clerk.id, "another good passphrase")
    with pytest.raises(Unauthenticated, match="begin anew"):
        finish(stale, phone.code())


@pytest.mark.parametrize("nonsense", ["", "nonsense", "\0", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_pending_sign_in_is_nobody(db: None, nonsense: str) -> None:
    with pytest.raises(Unauthenticated):
        finish(nonsense, "123456")


def test_seeds_are_sealed_with_a_key_outside_the_database(clerk: Operator, settings: Settings) -> None:
    phone, _ = set_up(acting("clerk"))
    row = models.Authenticator.objects.get()
    assert phone.seed not in bytes(row.sealed_seed)
    assert totp.opened(row.key_id, bytes(row.sealed_seed), clerk.id) == phone.seed
    other = make_operator("other")
    with pytest.raises(totp.sealing.Locked):
        totp.opened(row.key_id, bytes(row.sealed_seed), other.id)
    settings.FACTOR_KEYS = {row.key_id: b"x" * 32}
    with pytest.raises(totp.sealing.Locked):
        totp.opened(row.key_id, bytes(row.sealed_seed), clerk.id)


def test_a_seed_holds_only_once_its_code_was_shown(clerk: Operator) -> None:
    actor = acting("clerk")
    begun = desk().factors.begin_authenticator(actor)
    with pytest.raises(Invalid, match="not the code"):
        desk().factors.add_authenticator(actor, begun.challenge, "000000")
    # Digits of other scripts are no code either.
    with pytest.raises(Invalid, match="not the code"):
        desk().factors.add_authenticator(actor, begun.challenge, "\u0661\u0662\u0663\u0664\u0665\u0666")
    assert signed_in("clerk")
    assert desk().factors.begun_authenticator(actor, begun.challenge) == begun
    desk().factors.add_authenticator(actor, begun.challenge, scanned(begun).code())
    assert pending()


def test_nobody_uses_the_seed_begun_for_another(clerk: Operator, administrator: Operator) -> None:
    begun = desk().factors.begin_authenticator(acting("administrator"))
    with pytest.raises(Invalid, match="begin anew"):
        desk().factors.add_authenticator(acting("clerk"), begun.challenge, scanned(begun).code())


def test_a_new_authenticator_takes_the_place_of_the_old(clerk: Operator, clock: time_machine.Traveller) -> None:
    here = signed_in("clerk")
    actor = actor_of(here)
    assert actor
    old, codes = set_up(actor, keep=here)
    new, more = set_up(actor, keep=here)
    assert (len(codes), more) == (10, [])
    clock.shift(30)
    with pytest.raises(Unauthenticated):
        finish(pending(), old.code())
    assert finish(pending(), new.code())


def test_a_recovery_code_opens_once_and_is_told(clerk: Operator) -> None:
    _, codes = set_up(acting("clerk"))
    sign_in = finish(pending(), f" {codes[0].upper()} ")
    assert models.SignIn.objects.get(pk=sign_in).proof == "recovery"
    with pytest.raises(Unauthenticated):
        finish(pending(), codes[0])
    assert finish(pending(), codes[1].replace("-", ""))
    assert told().count("RecoveryCodeUsed") == 2
    assert desk().factors.get(acting_again(codes[2])).recovery_codes_left == 7
    assert not models.RecoveryCode.objects.filter(code_hash__contains=codes[0][:4]).exists()


def acting_again(code: str) -> Actor:
    actor = actor_of(finish(pending(), code))
    assert actor
    return actor


def test_new_recovery_codes_end_the_old_and_need_a_factor(clerk: Operator) -> None:
    actor = acting("clerk")
    with pytest.raises(Invalid):
        desk().factors.make_recovery_codes(actor)
    _, old = set_up(actor)
    new = desk().factors.make_recovery_codes(actor)
    with pytest.raises(Unauthenticated):
        finish(pending(), old[0])
    assert finish(pending(), new[0])


def test_a_factor_set_up_or_removed_ends_the_other_sign_ins_and_is_told(clerk: Operator) -> None:
    here, there = signed_in("clerk"), signed_in("clerk")
    actor = actor_of(here)
    assert actor
    set_up(actor, keep=here)
    assert actor_of(here)
    assert actor_of(there) is None
    assert models.SignIn.objects.get(pk=here).proof == "code"
    desk().factors.remove_authenticator(actor, keep=here)
    assert models.SignIn.objects.get(pk=here).proof == "password"
    assert told() == ["FactorAdded", "FactorRemoved"]
    assert not models.RecoveryCode.objects.exists()
    assert signed_in("clerk")
    with pytest.raises(NotFound):
        desk().factors.remove_authenticator(actor)


def test_the_trail_tells_of_a_factor_and_never_its_seed(clerk: Operator) -> None:
    phone, codes = set_up(acting("clerk"))
    change = AuditChange.objects.filter(object_type="operator", object_id=clerk.id, record__action="factors.add_authenticator").get()
    assert (change.before, change.after) == ({"authenticator": None}, {"authenticator": "set"})
    everything = str(list(AuditChange.objects.values()))
    assert codes[0] not in everything
    assert phone.seed.hex() not in everything


def test_programs_have_no_factors(db: None) -> None:
    with pytest.raises(Invalid, match="Only operators"):
        desk().factors.begin_authenticator(person("stranger"))


class TestGuesses:
    """F50: guesses and replays of codes."""

    def test_ten_wrong_codes_a_quarter_of_an_hour(self, clerk: Operator, clock: time_machine.Traveller) -> None:
        phone, _ = set_up(acting("clerk"))
        clock.shift(60)
        waiting = pending()
        for number in range(10):
            with pytest.raises(Unauthenticated):
                finish(waiting, f"{number:06}")
        with pytest.raises(TooMany):
            finish(waiting, phone.code())

    def test_a_day_of_guessing_gets_ever_less(self, clerk: Operator, clock: time_machine.Traveller) -> None:
        set_up(acting("clerk"))
        answers = 0
        for _ in range(24 * 60 // 12):
            clock.shift(timedelta(minutes=12))
            try:
                finish(pending(), "not one")
            except Unauthenticated:
                answers += 1
            except TooMany:
                pass
        # Three codes of a million are right at any moment: a day gives such a guesser less than one chance in three thousand.
        assert 20 < answers < 100

    def test_a_right_code_takes_its_try_back(self, clerk: Operator, clock: time_machine.Traveller) -> None:
        phone, _ = set_up(acting("clerk"))
        for _ in range(30):
            clock.shift(30)
            assert finish(pending(), phone.code())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_of_eight_who_show_one_code_at_once_one_gets_in(kind: str) -> None:
    """F50: a replay at the same moment."""
    make_operator("clerk")
    phone, codes = set_up(acting("clerk"))
    waiting = [pending() for _ in range(8)]
    shown = phone.code(1) if kind == "code" else codes[0]
    opened: list[str] = []

    def try_one(one: str) -> None:
        try:
            opened.append(finish(one, shown))
        except (Unauthenticated, TooMany):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=try_one, args=(one,)) for one in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
