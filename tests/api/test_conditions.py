"""ETags: what a read answers, what a change may demand."""

import pytest

from tests.api.callers import Caller
from tests.contract.area import SETTINGS, TREE

OBJECTS = {
    "assets/xau": ("internal-assets/xau", {"name": "Fine gold", "scale": 4, "type": "Metals"}),
    "markets/cfd.xau_usd": ("markets/cfd.xau_usd", SETTINGS | {"status": "Paused"}),
    "markets-categories": ("markets-categories", TREE),
    "market-groups/metals": ("market-groups/metals", {"name": "Precious"}),
    "calendars/london": ("calendars/london", {"name": "City", "timeZoneId": "Europe/London", "tradingSessions": [], "sessionOverrides": []}),
    "account-groups/retail": ("account-groups/retail", {"name": "Everybody"}),
    "users/anna": ("users/anna", {"email": "anna@example.org", "name": None, "status": "Halted"}),
    "liquidity-sessions/lp-quotes": ("liquidity-sessions/lp-quotes", {"name": "Quotes", "status": "Connected", "liquidityProviderId": "lp"}),
}
EVERY = pytest.mark.parametrize("path", OBJECTS)


@pytest.fixture(autouse=True)
def clients(anybody: Caller) -> None:
    assert anybody.post("account-groups", {"accountGroupId": "retail", "name": "Retail"}).status_code == 201
    assert anybody.post("users", {"userId": "anna", "email": "anna@example.com", "name": "Anna"}).status_code == 201


@EVERY
def test_a_change_with_the_current_tag_is_done_and_moves_the_tag(path: str, anybody: Caller, gold: str) -> None:
    before = anybody.get(path)["ETag"]
    to, change = OBJECTS[path]
    assert anybody.put(to, change, If_Match=before).status_code == 200
    assert anybody.get(path)["ETag"] != before


@EVERY
@pytest.mark.parametrize("tag", ['"99"', '"0"', '"somebody-elses"', 'W/"1"', '""'])
def test_a_change_with_another_tag_is_stale_and_changes_nothing(path: str, tag: str, anybody: Caller, gold: str) -> None:
    before = anybody.get(path)
    to, change = OBJECTS[path]
    answer = anybody.put(to, change, If_Match=tag)
    assert (answer.status_code, answer.json()["code"], answer["ETag"]) == (412, "stale", before["ETag"])
    assert anybody.get(path).content == before.content


@EVERY
@pytest.mark.parametrize("tag", ["1", "'1'", '"1', '"1", "2"', '"1"2', ""])
def test_a_malformed_tag_is_refused(path: str, tag: str, anybody: Caller, gold: str) -> None:
    to, change = OBJECTS[path]
    answer = anybody.put(to, change, If_Match=tag)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["If-Match"])


@EVERY
def test_any_tag_will_do_with_a_star_or_without_the_header(path: str, anybody: Caller, gold: str) -> None:
    to, change = OBJECTS[path]
    assert anybody.put(to, change, If_Match="*").status_code == 200
    assert anybody.put(to, change).status_code == 200


@EVERY
def test_a_read_of_what_one_has_is_empty(path: str, anybody: Caller, gold: str) -> None:
    tag = anybody.get(path)["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = anybody.get(path, If_None_Match=known)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert anybody.get(path, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("path", ["market-groups/spare", "calendars/spare", "liquidity-sessions/spare", "account-groups/spare"])
def test_a_deletion_honours_the_tag(path: str, anybody: Caller) -> None:
    made = {
        "market-groups": {"marketGroupId": "spare", "name": "Spare"},
        "account-groups": {"accountGroupId": "spare", "name": "Spare"},
        "calendars": {"calendarId": "spare", "name": "Spare", "timeZoneId": "UTC"},
        "liquidity-sessions": {"id": "spare", "kind": "Trading", "name": "Spare", "liquidityProviderId": "lp"},
    }
    area = path.split("/")[0]
    assert anybody.post(area, made[area]).status_code == 201
    assert anybody.delete(path, If_Match='"99"').status_code == 412
    assert anybody.delete(path, If_Match=anybody.get(path)["ETag"]).status_code == 200
    assert anybody.get(path).status_code == 404


@pytest.mark.parametrize("path", ["market-groups/metals", "calendars/london", "liquidity-sessions/lp-quotes"])
def test_what_is_in_use_stays_and_its_users_are_named(path: str, anybody: Caller, gold: str) -> None:
    answer = anybody.delete(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "in_use")
    assert gold in answer.content.decode()
