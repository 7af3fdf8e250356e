"""What somebody sees of notifications, and what they have read: theirs alone, and by their operations."""

from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone

from backoffice.contracts.errors import Invalid, NotPermitted
from backoffice.contracts.notifications import DigestChoice, Preferences, Subscription
from backoffice.contracts.told import OPERATION_OF, ExternalOrderTimeout, MarketTimeouts
from backoffice.core.models import AuditRecord
from backoffice.notifications import words
from backoffice.notifications.models import AdminNotification, ReadMark
from backoffice.notifications.post import post
from backoffice.services import back_api
from tests.notifications.people import WORKER, dead, intervals, operator, timed_out

ANNA, BEN, VERA = operator("anna"), operator("ben"), operator("vera", "view-common")

pytestmark = pytest.mark.django_db


def test_the_newest_comes_first_and_a_cursor_goes_on_behind_it() -> None:
    told = [timed_out() for _ in range(5)]
    first = back_api().notifications.find(ANNA, limit=2)
    assert [one.data.interval for one in first] == [told[4], told[3]]
    assert intervals(ANNA, before=first[-1].id, limit=2) == [told[2], told[1]]
    assert intervals(ANNA, after=first[-1].id) == [told[4]]


def test_what_one_lacks_the_operation_for_is_absent_everywhere() -> None:
    dead()
    timed_out()
    assert [one.type for one in back_api().notifications.find(VERA)] == ["ExternalOrderTimeout"]
    assert back_api().notifications.unread(VERA).count == 1
    hidden = next(one.id for one in back_api().notifications.find(ANNA) if one.type == "CallbackDead")
    back_api().notifications.mark_read(VERA, [hidden])
    assert ReadMark.objects.count() == 0, "a mark on what one cannot see would tell that it is there"
    assert "CallbackDead" not in {one.type for one in back_api().notifications.preferences(VERA).subscriptions}
    with pytest.raises(NotPermitted):
        back_api().notifications.find(operator("sam", "view-balances"))


def test_one_that_needs_more_than_its_type_is_seen_by_who_holds_all_of_it() -> None:
    about = {"reportId": "r", "name": "Orders", "reason": "too many rows"}
    post("ReportFailed", "error", about, needs=["view-orders"])
    assert back_api().notifications.find(operator("rita", "view-common", "view-reports")) == []
    assert len(back_api().notifications.find(operator("olga", "view-common", "view-reports", "view-orders"))) == 1


def test_reading_is_ones_own() -> None:
    timed_out()
    (one,) = back_api().notifications.find(ANNA)
    back_api().notifications.mark_read(ANNA, [one.id, one.id, "999999", "text", "9" * 30, ""])
    assert [back_api().notifications.unread(who).count for who in (ANNA, BEN)] == [0, 1]
    assert [back_api().notifications.find(who)[0].is_read for who in (ANNA, BEN)] == [True, False]
    assert (intervals(ANNA, is_unread=True), len(intervals(BEN, is_unread=True))) == ([], 1)


def test_all_read_is_what_has_arrived_and_nothing_later() -> None:
    timed_out()
    middle = back_api().notifications.find(ANNA)[0].id
    second = timed_out()
    back_api().notifications.unread(ANNA)
    back_api().notifications.mark_all_read(ANNA, up_to=middle)
    assert intervals(ANNA, is_unread=True) == [second]
    back_api().notifications.mark_all_read(ANNA)
    later = timed_out()
    assert intervals(ANNA, is_unread=True) == [later]
    back_api().notifications.mark_all_read(ANNA, up_to=middle)
    assert intervals(ANNA, is_unread=True) == [later], "what is read stays so"


def test_a_type_is_followed_from_a_severity_on_or_not_at_all() -> None:
    info, warning = timed_out("info"), timed_out("warning")
    dead()
    choice = [Subscription(type="ExternalOrderTimeout", following="warning"), Subscription(type="CallbackDead", following="off")]
    back_api().notifications.set_preferences(ANNA, Preferences(subscriptions=choice))
    assert back_api().notifications.unread(ANNA).count == 1
    assert [one.type for one in back_api().notifications.find(ANNA, is_followed=True)] == ["ExternalOrderTimeout"]
    assert intervals(ANNA, is_followed=True) == [warning]
    assert intervals(ANNA) == [warning, info], "what is not followed is still there"
    assert back_api().notifications.unread(BEN).count == 3
    assert AuditRecord.objects.filter(action="notifications.set_preferences").count() == 1
    kept = Preferences(subscriptions=[Subscription(type="BooksViolation", following="error")])
    back_api().notifications.set_preferences(ANNA, kept)
    chosen = {one.type: one.following for one in back_api().notifications.preferences(ANNA).subscriptions}
    assert [chosen[name] for name in ("CallbackDead", "BooksViolation", "ReportFailed")] == ["off", "error", "info"]


def test_a_period_and_a_type_narrow_the_list() -> None:
    dead()
    old, new = timed_out(), timed_out()
    AdminNotification.objects.filter(data__interval=old).update(at=timezone.now() - timedelta(days=2))
    noon = timezone.now() - timedelta(days=1)
    assert intervals(ANNA, created_from=noon) == [new]
    assert intervals(ANNA, created_to=noon) == [old]
    assert [one.type for one in back_api().notifications.find(ANNA, types=["CallbackDead"])] == ["CallbackDead"]
    assert [one.type for one in back_api().notifications.find(ANNA, severity="error")] == ["CallbackDead"]
    assert back_api().notifications.find(ANNA, types=[]) == []


@pytest.mark.parametrize("asked", [{"before": "text"}, {"before": "-1"}, {"after": "9" * 20}, {"limit": 0}, {"limit": 1_001}], ids=str)
def test_what_cannot_be_asked_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        back_api().notifications.find(ANNA, **asked)  # type: ignore[arg-type]  # wrong on purpose


def test_a_zone_that_there_is_not_is_refused() -> None:
    with pytest.raises(Invalid):
        back_api().notifications.set_preferences(ANNA, Preferences(subscriptions=[], digest=DigestChoice(zone="Mars/Base")))


def test_an_interval_is_told_by_its_clocks() -> None:
    timeouts = [MarketTimeouts(market_id=f"m{number}", count=10 - number) for number in range(5)]
    told = ExternalOrderTimeout(interval="2026-11-24T12:00:00Z/2026-11-24T12:05:00Z", timeouts=timeouts)
    assert words.detail(told) == "40 orders · m0 10, m1 9, m2 8, 2 more markets · 12:00 to 12:05 UTC"


def test_every_type_has_words() -> None:
    assert set(words.TITLES) == set(words.DETAILS) == set(OPERATION_OF)


def test_data_that_is_not_of_its_type_is_not_told() -> None:
    with pytest.raises(msgspec.ValidationError):
        post("CallbackDead", "error", {"host": "pay.example.com"})
    with pytest.raises(msgspec.ValidationError):
        post("ExternalOrderTimeout", "error", {"interval": "1", "timeouts": [], "odd": 1})


def test_the_same_fact_is_told_once() -> None:
    about = {"pass": 1, "violated": [{"id": "I1", "words": "Entries of a journal add up to nothing", "count": 2}]}
    assert [post("BooksViolation", "error", about, key="books:1") for _ in range(2)] == [True, False]
    (found,) = back_api().notifications.find(ANNA)
    assert (found.title, found.detail) == ("The books do not balance", "Entries of a journal add up to nothing (2)")


def test_what_is_old_is_forgotten_and_numbers_are_not_used_again(settings: object) -> None:
    timed_out()
    before = int(back_api().notifications.find(ANNA)[0].id)
    back_api().notifications.mark_read(ANNA, [str(before)])
    AdminNotification.objects.update(at=timezone.now() - timedelta(days=91))
    assert back_api().notifications.clean(WORKER) == 1
    assert (AdminNotification.objects.count(), ReadMark.objects.count()) == (0, 0)
    back_api().notifications.mark_all_read(ANNA)
    later = timed_out()
    assert intervals(ANNA, is_unread=True) == [later]
    assert int(back_api().notifications.find(ANNA)[0].id) > before
