"""Digests by mail: once a slot, of what is unread and followed, whoever dies over it."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from backoffice import outgoing
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewOperator, OperatorChange, RoleDraft
from backoffice.contracts.notifications import DigestChoice, DigestRhythm, Preferences, Subscription
from backoffice.core import mail
from backoffice.jobs import notifications as jobs
from backoffice.notifications import digests, slots
from backoffice.notifications.models import Digest, Reader
from backoffice.services import back_api, desk, identity
from tests.api.callers import OWNER
from tests.notifications.people import WORKER, dead, timed_out

PASSWORD = "correct horse battery staple 9"
pytestmark = pytest.mark.django_db


@pytest.fixture
def box(tmp_path: Path, settings: Settings) -> Path:
    """Where mails of this test go."""
    settings.DATA_DIR, settings.PUBLIC_URL, settings.EMAIL_BACKEND = tmp_path, "https://desk.example.test", outgoing.FOLDER
    return tmp_path / "mail"


def person(*held: str) -> Actor:
    role = desk().roles.create(OWNER, RoleDraft(name="Watch", operations=list(held or ("view-common", "view-transfers"))))
    made = desk().operators.create(OWNER, NewOperator(username="anna", name="Anna", email="anna@example.com", password=PASSWORD, roles=[role.id]))
    found = identity().actor_now("operator", made.id, trace_id="")
    assert found is not None
    return found


def choose(actor: Actor, rhythm: DigestRhythm = "Hourly", **off: str) -> None:
    """A digest that is due: as if chosen two days ago."""
    chosen = [Subscription(type=type, following="off") for type in off.values()]  # type: ignore[arg-type]  # names of types
    back_api().notifications.set_preferences(actor, Preferences(subscriptions=chosen, digest=DigestChoice(rhythm=rhythm)))
    due()


def due() -> None:
    Reader.objects.update(digest_from=timezone.now() - timedelta(days=2))


def mails(box: Path) -> list[str]:
    return [one.read_text() for one in sorted(box.glob("*.eml"))] if box.exists() else []


def test_what_is_unread_and_followed_comes_once(box: Path) -> None:
    anna = person()
    timed_out()
    choose(anna, off="SessionDisconnected")
    dead()
    timed_out()
    jobs.send_digests()
    jobs.send_digests()
    (sent,) = mails(box)
    assert "Subject: 2 unread: A callback to pay.example.com has died" in sent
    assert "To: anna@example.com" in sent
    assert "https://desk.example.test/notifications/" in sent
    assert "Auto-Submitted: auto-generated" in sent
    assert Digest.objects.get().state == "Sent"


def test_the_next_one_goes_on_where_the_last_one_ended(box: Path) -> None:
    choose(person())
    dead("first.example.com")
    jobs.send_digests()
    Digest.objects.update(slot=timezone.now() - timedelta(hours=5))
    due()
    dead("second.example.com")
    jobs.send_digests()
    assert [("first.example.com" in one, "second.example.com" in one) for one in sorted(mails(box), key=lambda one: "second" in one)] == [
        (True, False),
        (False, True),
    ]


def test_nothing_new_is_no_mail(box: Path) -> None:
    anna = person()
    choose(anna)
    timed_out()
    back_api().notifications.unread(anna)
    back_api().notifications.mark_all_read(anna)
    jobs.send_digests()
    assert (mails(box), Digest.objects.get().state) == ([], "Empty")


def test_what_one_may_no_longer_see_is_not_mailed(box: Path) -> None:
    anna = person()
    choose(anna)
    dead()
    desk().roles.update(OWNER, desk().roles.find(OWNER)[0].id, RoleDraft(name="Watch", operations=["view-common"]))
    jobs.send_digests()
    assert (mails(box), Digest.objects.get().state) == ([], "Empty")


def test_nobody_who_left_gets_mail(box: Path) -> None:
    anna = person()
    choose(anna)
    dead()
    held = desk().operators.get(OWNER, anna.id).value
    desk().operators.update(OWNER, anna.id, OperatorChange(name="Anna", email=held.email, is_active=False, roles=held.roles))
    jobs.send_digests()
    assert (mails(box), Digest.objects.get().state) == ([], "Failed")


def test_a_restored_copy_that_nobody_armed_sends_none(box: Path) -> None:
    choose(person())
    dead()
    desk().installation.disarm(OWNER)
    jobs.send_digests()
    assert (mails(box), Digest.objects.count()) == ([], 0)
    desk().installation.arm(OWNER)
    jobs.send_digests()
    assert len(mails(box)) == 1


def test_a_choice_begins_now_and_off_is_off(box: Path) -> None:
    anna = person()
    dead()
    back_api().notifications.set_preferences(anna, Preferences(subscriptions=[], digest=DigestChoice(rhythm="Daily")))
    jobs.send_digests()
    assert Digest.objects.count() == 0
    choose(anna, "Off")
    jobs.send_digests()
    assert Digest.objects.count() == 0


def test_a_mail_server_that_is_away_is_tried_again_and_given_up_in_the_end(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(person())
    dead()
    tries: list[str] = []

    def away(message: object) -> None:
        tries.append(str(getattr(message, "extra_headers")["Message-ID"]))  # noqa: B009  any message
        raise mail.NotNow("away")

    monkeypatch.setattr(digests.mail, "hand_over", away)
    for _ in range(8):
        jobs.send_digests()
        Digest.objects.update(next_attempt_at=timezone.now())
    assert (len(tries), len(set(tries))) == (5, 1), "each try is the same mail"
    assert (Digest.objects.get().state, Digest.objects.get().reason) == ("Failed", "away")


def test_one_whose_sender_died_is_sent_by_the_next_under_the_same_id(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(person())
    dead()
    whole = mail.hand_over

    def dies(message: object) -> None:
        whole(message)  # type: ignore[arg-type]  # passed on as it is
        raise KeyboardInterrupt

    monkeypatch.setattr(digests.mail, "hand_over", dies)
    with pytest.raises(KeyboardInterrupt):
        jobs.send_digests()
    monkeypatch.undo()
    jobs.send_digests()
    assert Digest.objects.get().state == "Waiting", "it may be on its way yet"
    Digest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.send_digests()
    assert (len(mails(box)), Digest.objects.get().state) == (1, "Sent"), "the same id is the same mail"


def test_somebody_elses_digest_is_not_for_the_asking(box: Path) -> None:
    anna = person()
    choose(anna)
    dead()
    (found,) = back_api().notifications.take_due_digests(WORKER)
    other = Actor(kind="operator", id="ben", name="Ben", door="portal", operations=anna.operations)
    back_api().notifications.send_digest(other, found.id, "ben@example.com")
    assert mails(box) == []


@pytest.mark.parametrize(
    ("rhythm", "at", "zone", "now", "expected"),
    [
        ("Daily", time(8), "UTC", "2026-11-24T08:00", "2026-11-24T08:00"),
        ("Daily", time(8), "UTC", "2026-11-24T07:59", "2026-11-23T08:00"),
        ("Daily", time(8), "Asia/Tokyo", "2026-11-24T00:00", "2026-11-23T23:00"),
        # Clocks skip it in Berlin that night, and show it twice in autumn.
        ("Daily", time(2, 30), "Europe/Berlin", "2026-03-29T12:00", "2026-03-29T01:00"),
        ("Daily", time(2, 30), "Europe/Berlin", "2026-10-25T01:45", "2026-10-25T00:30"),
        ("Hourly", time(8, 15), "UTC", "2026-11-24T10:14", "2026-11-24T09:15"),
        ("Hourly", time(8, 15), "Asia/Kolkata", "2026-11-24T10:50", "2026-11-24T10:45"),
    ],
)
def test_slots(rhythm: DigestRhythm, at: time, zone: str, now: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert slots.last(rhythm, at, zone, moment) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(
    st.sampled_from(["Hourly", "Daily"]),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe"]),
    st.integers(0, 10_000_000).map(lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
)
def test_a_slot_is_never_ahead_and_never_far_behind_and_stays_until_the_next(rhythm: DigestRhythm, at: time, zone: str, now: datetime) -> None:
    slot = slots.last(rhythm, at, zone, now)
    assert timedelta() <= now - slot < (timedelta(hours=2) if rhythm == "Hourly" else timedelta(hours=49))
    assert slots.last(rhythm, at, zone, slot) == slot
