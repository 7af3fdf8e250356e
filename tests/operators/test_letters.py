"""People hear by mail what happens to their own account, at the address they had then, even when the mail server is away for a while."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Operator
from backoffice.contracts.operations import WORKER
from backoffice.core import arming
from backoffice.operators import models
from backoffice.services import desk, identity
from tests.operators.conftest import PASSWORD, ROOT, acting, signed_in
from tests.operators.phone import set_up

SENDER = Actor(kind="system", id="letters", name="Letters", door="job", operations=frozenset({WORKER}))
LOCMEM, NOBODY_THERE = "django.core.mail.backends.locmem.EmailBackend", "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def _mails(settings: Settings) -> None:
    settings.EMAIL_BACKEND = LOCMEM
    settings.PUBLIC_URL = "https://desk.example.com"


def send() -> int:
    return desk().operators.send_letters(SENDER)


def test_a_new_device_is_told_to_its_person(clerk: Operator) -> None:
    signed_in("clerk")
    identity().sign_in("clerk", PASSWORD, network="203.0.113.7", agent="Strange Browser")
    assert (send(), send()) == (1, 0)
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["clerk@example.com"], "A new sign-in to your account")
    assert "From: 203.0.113.7\nBrowser: Strange Browser" in letter.body
    assert "https://desk.example.com/me/" in letter.body


def test_each_change_of_a_factor_is_told(clerk: Operator) -> None:
    here = signed_in("clerk")
    actor = acting("clerk")
    set_up(actor, keep=here)
    desk().factors.remove_authenticator(actor, keep=here)
    set_up(actor, keep=here)
    desk().operators.reset_factors(ROOT, clerk.id, "Lost the phone")
    send()
    assert [letter.subject for letter in mail.outbox] == [
        "A second factor was set up for your account",
        "A second factor was removed from your account",
        "A second factor was set up for your account",
        "An administrator reset your second factors",
    ]
    assert "By: root\nWhy: Lost the phone" in mail.outbox[-1].body


def test_it_goes_to_the_address_they_had_then(clerk: Operator) -> None:
    set_up(acting("clerk"))
    models.Operator.objects.update(email="thief@example.com")
    send()
    assert mail.outbox[0].to == ["clerk@example.com"]


def test_what_is_undone_is_not_told(clerk: Operator) -> None:
    with pytest.raises(RuntimeError, match="undone"):
        _set_up_and_undo(clerk)
    assert send() == 0


def _set_up_and_undo(clerk: Operator) -> None:
    with transaction.atomic():
        set_up(acting("clerk"))
        raise RuntimeError("undone")


def test_a_server_that_is_away_is_tried_again_and_given_up_in_the_end(clerk: Operator, settings: Settings) -> None:
    set_up(acting("clerk"))
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = NOBODY_THERE, "127.0.0.1", 1
    assert (send(), send()) == (0, 0)
    waiting = models.Letter.objects.get()
    assert waiting.attempts == 1
    assert waiting.next_attempt_at
    models.Letter.objects.update(next_attempt_at=timezone.now())
    settings.EMAIL_BACKEND = LOCMEM
    assert send() == 1
    set_up(acting_anew())
    settings.EMAIL_BACKEND = NOBODY_THERE
    for _ in range(5):
        models.Letter.objects.exclude(next_attempt_at=None).update(next_attempt_at=timezone.now())
        send()
    assert models.Letter.objects.filter(next_attempt_at=None).count() == models.Letter.objects.count()
    assert "did not answer" in models.Letter.objects.order_by("-pk")[0].reason


def acting_anew() -> Actor:
    """Whoever has a factor by now."""
    row = models.Operator.objects.get(username="clerk")
    return Actor(kind="operator", id=row.pk, name=row.name, door="cli", operations=frozenset({"own"}))


def test_a_restored_copy_sends_none(clerk: Operator) -> None:
    set_up(acting("clerk"))
    arming.disarm()
    assert send() == 0
    arming.arm()
    assert send() == 1


def test_a_desk_without_mail_keeps_none(clerk: Operator, settings: Settings) -> None:
    settings.EMAIL_BACKEND = ""
    set_up(acting("clerk"))
    assert not models.Letter.objects.exists()


def test_old_ones_go(clerk: Operator) -> None:
    set_up(acting("clerk"))
    send()
    models.Letter.objects.update(made_at=timezone.now() - timedelta(days=31))
    send()
    assert not models.Letter.objects.exists()
