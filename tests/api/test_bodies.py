"""What a body may not be; each refusal names the field by its path (F38)."""

from typing import Any

import msgspec
import pytest

from backoffice.api import bodies
from backoffice.api.examples import EXAMPLES
from backoffice.contracts.calendars import NewCalendar
from backoffice.contracts.categories import CategoryTreeDraft
from backoffice.contracts.errors import Invalid
from backoffice.contracts.markets import PositionSwap
from tests.api.callers import MARKET, Caller

SIZES = {
    '"1e3"': "Expected a plain number like 0.25.",
    '"NaN"': "Expected a plain number like 0.25.",
    '"Infinity"': "Expected a plain number like 0.25.",
    '" 1"': "Expected a plain number like 0.25.",
    '"1 "': "Expected a plain number like 0.25.",
    '""': "Expected a plain number like 0.25.",
    '"+1"': "Expected a plain number like 0.25.",
    '"1_000"': "Expected a plain number like 0.25.",
    '"1,5"': "Expected a plain number like 0.25.",
    '"0x10"': "Expected a plain number like 0.25.",
    '"\u0661"': "Expected a plain number like 0.25.",
    "NaN": "NaN is not a number here.",
    "Infinity": "Infinity is not a number here.",
    "-Infinity": "-Infinity is not a number here.",
    "1e999": "This number is out of range.",
    "1e99999999999999999999": "This number is out of range.",
    "9" * 5_000: "This number has more than 100 digits.",
    "0." + "9" * 5_000: "This number is out of range.",
    "true": "Expected a number, got true or false.",
    "[]": "Expected a number, got a list.",
    "null": "Expected a number, got null.",
    '"1", "swapSize": "2"': "This field is given twice.",
}


@pytest.mark.parametrize(("size", "reason"), SIZES.items(), ids=[text[:24] for text in SIZES])
def test_a_size_that_is_not_a_plain_number(size: str, reason: str) -> None:
    assert refusal(f'{{"swapSize": {size}}}', PositionSwap) == {"swapSize": [reason]}


@pytest.mark.parametrize(("size", "number"), [('"1.50"', "1.50"), ("1.50", "1.50"), ("7", "7"), ('"-0.00000001"', "-0.00000001"), ("1e3", "1000")])
def test_a_size_is_exact_as_text_and_as_number(size: str, number: str) -> None:
    assert format(bodies.decode(f'{{"swapSize": {size}}}'.encode(), PositionSwap).swap_size, "f") == number


WRONG: list[tuple[str | bytes, Any, str]] = [
    ("", CategoryTreeDraft, "body"),
    ("{", CategoryTreeDraft, "body"),
    ("{}{}", CategoryTreeDraft, "body"),
    ("\ufeff{}", CategoryTreeDraft, "body"),
    ("[]", CategoryTreeDraft, "body"),
    ("{}".encode("utf-16"), CategoryTreeDraft, "body"),
    (b'{"\xc3\x28": 1}', CategoryTreeDraft, "body"),
    ("[" * 1_000, CategoryTreeDraft, "body"),
    ("[" * 100_000, CategoryTreeDraft, "body"),
    ('{"a":' * 200_000, CategoryTreeDraft, "body"),
    ("{}", CategoryTreeDraft, "categories"),
    ('{"categories": [{"name": "a", "categories": [{}]}]}', CategoryTreeDraft, "categories[0].categories[0].name"),
    ('{"categories": [{"name": "a"}, {"nmae": "b", "name": "b"}]}', CategoryTreeDraft, "categories[1].nmae"),
    ('{"categories": [{"name": "a\\u0000"}]}', CategoryTreeDraft, "categories[0].name"),
    ('{"categories": [{"name": "\\ud800"}]}', CategoryTreeDraft, "categories[0].name"),
    ('{"categories": [{"name": 5}]}', CategoryTreeDraft, "categories[0].name"),
    ('{"categories": [], "\\u0000": 1}', CategoryTreeDraft, "body"),
    ('{"categories": [], "__class__": 1}', CategoryTreeDraft, "__class__"),
    (
        '{"name": "a", "timeZoneId": "UTC", "tradingSessions": [{"dayOfWeek": "Someday", "timeIntervals": []}]}',
        NewCalendar,
        "tradingSessions[0].dayOfWeek",
    ),
    (
        '{"name": "a", "timeZoneId": "UTC", "tradingSessions": '
        '[{"dayOfWeek": "Sunday", "timeIntervals": [{"start": "09:00:00Z", "end": "10:00:00"}]}]}',
        NewCalendar,
        "tradingSessions[0].timeIntervals[0].start",
    ),
    (
        '{"name": "a", "timeZoneId": "UTC", "sessionOverrides": [{"date": "2026-02-30", "timeIntervals": []}]}',
        NewCalendar,
        "sessionOverrides[0].date",
    ),
    (
        '{"name": "a", "timeZoneId": "UTC", "sessionOverrides": [{"date": "0000-01-01", "timeIntervals": []}]}',
        NewCalendar,
        "sessionOverrides[0].date",
    ),
]


@pytest.mark.parametrize(("body", "wanted", "field"), WRONG, ids=[str(body)[:40] for body, _, _ in WRONG])
def test_a_body_that_does_not_fit(body: str | bytes, wanted: Any, field: str) -> None:
    assert list(refusal(body, wanted)) == [field]


def test_the_reason_for_a_wrong_word_lists_the_right_ones() -> None:
    body = '{"name": "a", "timeZoneId": "UTC", "tradingSessions": [{"dayOfWeek": "Unspecified", "timeIntervals": []}]}'
    (reason,) = refusal(body, NewCalendar)["tradingSessions[0].dayOfWeek"]
    assert reason == "Expected one of Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday."


@pytest.mark.parametrize(("wanted", "example"), EXAMPLES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_every_documented_example_decodes(wanted: Any, example: Any) -> None:
    bodies.decode(msgspec.json.encode(example), wanted)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"limit": -1}, "limit"),
        ({"limit": 0}, "limit"),
        ({"limit": 10**9}, "limit"),
        ({"limit": "1"}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"limit": True}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 10**18}, "offset"),
        ({"offset": 10**99}, "offset"),
        ({"sort": {"field": "id; drop table"}}, "sort.field"),
        ({"sort": {"field": "calendar__id"}}, "sort.field"),
        ({"sort": {"field": "-MarketId"}}, "sort.field"),
        ({"sort": {"field": "MarketId", "direction": "asc"}}, "sort.direction"),
        ({"_connector": "OR"}, "_connector"),
        ({"pk__in": ["a"]}, "pk__in"),
        ({"marketIds": ["a"] * 100_000}, "marketIds"),
        ({"types": ["Perpetual"]}, "types[0]"),
        ({"after": "not a cursor"}, "after"),
    ],
)
def test_a_query_with_a_bad_limit_sort_or_field(change: dict[str, Any], field: str, anybody: Caller) -> None:
    answer = anybody.post("markets/list", change)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("search", ["(a+)+$", "%", "_", "\\", "'", "a" * 10_000, "a\u202eb"])
def test_a_search_for_odd_text_is_only_a_search(search: str, anybody: Caller, gold: str) -> None:
    answer = anybody.post("markets/list", {"search": search})
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json() == {"markets": []} or search in "_"


def test_a_body_of_ten_megabytes(anybody: Caller) -> None:
    answer = anybody.post("markets/list", b'{"search": "' + b"a" * 10_000_000 + b'"}')
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["body"])


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", ""])
def test_json_under_another_name(media: str, anybody: Caller) -> None:
    answer = anybody.send("POST", "markets/list", {}, media=media)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Content-Type"])


def test_nothing_is_assigned_that_a_body_may_not_name(anybody: Caller, broker: None) -> None:
    for field in ("marketId", "createdAt", "updatedAt", "version", "isAdmin", "createdBy"):
        answer = anybody.post("markets", MARKET | {field: "1"})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def refusal(body: str | bytes, wanted: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        bodies.decode(body if isinstance(body, bytes) else body.encode(), wanted)
    return refused.value.fields
