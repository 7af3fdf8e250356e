"""The trail, newest first: everything for auditors, and of one object for whoever may see that object."""

import pytest
from pytest_django import DjangoAssertNumQueries

from backoffice.contracts.desk import Operator, SavedViewDraft
from backoffice.contracts.errors import NotFound, NotPermitted
from backoffice.core import audit
from backoffice.services import desk
from tests.operators.conftest import ROOT, STRANGER, acting, make_operator, person

AUDITOR = person("auditor", "view-audit")


def record(action: str, *changes: tuple[str, str], by: str = "dealer") -> None:
    actor = audit.open_record(person(by), action)
    for object_type, object_id in changes:
        audit.changed(actor, object_type, object_id, {"status": "Open"}, {"status": "Disabled"})


@pytest.fixture
def history(db: None) -> None:
    record("markets.create", ("market", "a"))
    record("markets.update", ("market", "b"), by="clerk")
    record("market_files.apply", *(("market", f"m-{number:03}") for number in range(50)), ("market", "a"), ("asset", "usd"))
    record("markets.update", ("market", "a"), ("market", "a"))


def test_newest_first_with_up_to_twenty_changes(history: None) -> None:
    newest, applied, *_ = desk().audit.find(AUDITOR)
    assert (newest.action, newest.actor_name, newest.door, newest.change_count) == ("markets.update", "dealer", "portal", 2)
    assert (len(applied.changes), applied.change_count) == (20, 52)
    assert newest.changes[0].before == {"status": "Open"}


def test_it_is_read_in_pages(history: None) -> None:
    everything = desk().audit.find(AUDITOR)
    first = desk().audit.find(AUDITOR, limit=2)
    second = desk().audit.find(AUDITOR, limit=2, before=first[-1].id)
    assert first + second == everything
    assert desk().audit.find(AUDITOR, before=everything[-1].id) == []


def test_it_is_filtered(history: None) -> None:
    def actions(**asked: str) -> list[str]:
        return [found.action for found in desk().audit.find(AUDITOR, **asked)]  # type: ignore[arg-type]

    assert actions(actor_name="clerk") == ["markets.update"]
    assert actions(action="markets.create") == ["markets.create"]
    assert actions(object_type="asset") == ["market_files.apply"]
    assert actions(object_type="market", object_id="a") == ["markets.update", "market_files.apply", "markets.create"]
    assert actions(object_id="b", actor_name="dealer") == []


def test_a_timeline_shows_only_its_object(history: None) -> None:
    viewer = person("viewer", "view-common")
    _, applied, _ = desk().audit.timeline(viewer, "market", "a")
    assert [(change.object_type, change.object_id) for change in applied.changes] == [("market", "a")]
    assert applied.change_count == 52


def test_a_page_takes_two_queries_however_long(history: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        desk().audit.find(AUDITOR)
    for number in range(50):
        record("markets.update", ("market", str(number)))
    with django_assert_num_queries(2):
        desk().audit.find(AUDITOR)
    with django_assert_num_queries(2):
        desk().audit.timeline(AUDITOR, "market", "a")


def test_the_whole_trail_is_for_auditors(history: None) -> None:
    with pytest.raises(NotPermitted, match="view-audit"):
        desk().audit.find(person("dealer", "view-common", "manage-markets"))


@pytest.mark.parametrize(
    ("object_type", "needed"),
    [
        ("market", "view-common"),
        ("category_tree", "view-common"),
        ("market_file", "manage-markets"),
        ("mapping_preset", "manage-markets"),
        ("operator", "manage-operators"),
        ("role", "manage-operators"),
        ("sign_in", "manage-operators"),
        ("api_client", "manage-api-clients"),
        ("something_new", "view-audit"),
    ],
)
def test_a_timeline_is_for_whoever_may_see_the_object(history: None, object_type: str, needed: str) -> None:
    with pytest.raises(NotPermitted, match=needed):
        desk().audit.timeline(STRANGER, object_type, "a")
    assert desk().audit.timeline(person("viewer", needed), object_type, "nothing") == []
    assert desk().audit.timeline(AUDITOR, object_type, "nothing") == []


def test_a_views_timeline_is_its_owners(clerk: Operator) -> None:
    view = desk().own.save_view(acting("clerk"), SavedViewDraft(section="markets", name="Mine", query=""))
    assert len(desk().audit.timeline(acting("clerk"), "saved_view", view.id)) == 1
    make_operator("colleague")
    with pytest.raises(NotFound):
        desk().audit.timeline(acting("colleague"), "saved_view", view.id)


def test_what_changed_since_is_counted_by_object(history: None) -> None:
    viewer = person("viewer", "view-common")
    since = desk().audit.latest(viewer)
    assert desk().audit.touched(viewer, "market", since=since) == 0
    record("markets.update", ("market", "a"), ("market", "b"))
    record("markets.update", ("market", "a"))
    assert desk().audit.touched(viewer, "market", since=since) == 2
    assert desk().audit.latest(viewer) == since + 2
    assert desk().audit.touched(STRANGER, "market", since=0) == 0


def test_an_empty_trail_is_empty(db: None) -> None:
    assert desk().audit.find(ROOT) == []
    assert desk().audit.latest(ROOT) == 0
