"""Filters nobody should send (F36, F38): refused by name, and no word of theirs becomes SQL."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import Filter, Sort
from backoffice.core import filters as language
from backoffice.core import sources
from backoffice.core.filters import Field
from backoffice.history.order_sources import EXTERNAL_ORDERS, OPEN_ORDERS, ORDERS
from backoffice.history.position_sources import CLOSED_POSITIONS, FUNDING_PAYMENTS, POSITION_SWAPS, POSITIONS
from backoffice.history.sources import ACCOUNT_BALANCES, LISTED_TRANSFERS, TRANSFERS, USER_BALANCES
from backoffice.history.trade_sources import TRADES, UNSOLICITED_TRADES
from tests.api.callers import V2, Caller

TRADING = (ORDERS, OPEN_ORDERS, EXTERNAL_ORDERS, TRADES, UNSOLICITED_TRADES, POSITIONS, CLOSED_POSITIONS, POSITION_SWAPS, FUNDING_PAYMENTS)
EVERY = (ACCOUNT_BALANCES, LISTED_TRANSFERS, TRANSFERS, USER_BALANCES, *TRADING)
NAMES = [
    "id; drop table accounts_user",
    "user__password",
    "user__password__startswith",
    "_connector",
    "_negated",
    "pk__in",
    "?",
    "-",
    "",
    "a.b",
    "r.user_id",
    "user_id",
    "userid",
    "\x01",
    "createdAt--",
    "x" * 10_000,
]
LISTS = ["/api/orders", "/api/open-orders", "/api/external-orders", "/api/trades", "/api/unsolicited-trades"]
LISTS += [f"{V2}/{name}/list" for name in ("positions", "closed-positions", "position-swaps", "funding-payments")]
PATHS = ["/api/users/balances", "/api/accounts/balances", "/api/active-accounts", "/api/transfers"]
TOTALS = ["/api/billing/billing-info", "/api/v1/markups/revenue"]
TOTALS += [f"/api/commissions/{name}" for name in ("users", "accounts", "assets", "users-assets", "accounts-assets")]
JSON = "application/json"


def entry(**fields: Any) -> dict[str, Any]:
    return {"entryType": "Exact", "field": "userId", "value": "anna"} | fields


def refused(caller: Caller, path: str, body: Any) -> dict[str, list[str]]:
    answer = caller.send("POST", path, body, media=JSON)
    assert answer.status_code == 400, answer.content
    errors: dict[str, list[str]] = answer.json()["errors"]
    return errors


@pytest.mark.parametrize("path", PATHS + LISTS + TOTALS)
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_an_unknown_field_is_refused_by_its_place(path: str, name: str, anybody: Caller) -> None:
    assert list(refused(anybody, path, {"filters": [entry(), entry(field=name)]})) == ["filters[1].field"]


@pytest.mark.parametrize("path", PATHS[:2] + PATHS[3:] + LISTS)
@pytest.mark.parametrize("name", [*NAMES, "rateToRootAsset", "totalAssetAmountInRAT"], ids=range(len(NAMES) + 2))
def test_an_unknown_order_is_refused(path: str, name: str, anybody: Caller) -> None:
    errors = refused(anybody, path, {"sort": {"column": name or "?", "direction": "Asc"}})
    assert list(errors) == ["sort.field"]


@pytest.mark.parametrize(
    ("odd", "where"),
    [
        (entry(entryType="Unspecified"), "filters[0].entryType"),
        (entry(entryType="exact"), "filters[0].entryType"),
        (entry(entryType="Range"), "filters[0].entryType"),
        (entry(field="createdAt", entryType="Like"), "filters[0].entryType"),
        (entry(value=True), "filters[0].value"),
        (entry(value=1), "filters[0].value"),
        (entry(value=None), "filters[0].value"),
        (entry(value={"from": "a"}), "filters[0].value"),
        (entry(value=["a", ["b"]]), "filters[0].value"),
        (entry(value=["a"] * 1_001), "filters[0].value"),
        (entry(value="x" * 1_001), "filters[0].value"),
        (entry(values=["a"]), "filters[0].value"),
        ({"entryType": "Exact", "field": "userId"}, "filters[0].value"),
        (entry(field="status", value="Unspecified"), "filters[0].value"),
        (entry(field="status", value="completed"), "filters[0].value"),
        (entry(field="assetAmount", value="1e3"), "filters[0].value"),
        (entry(field="assetAmount", value="٣"), "filters[0].value"),
        (entry(field="assetAmount", value=True), "filters[0].value"),
        (entry(field="createdAt", value="2026-11-24"), "filters[0].value"),
        (entry(field="createdAt", value="2026-02-30T00:00:00Z"), "filters[0].value"),
        (entry(field="createdAt", value="0001-01-01T00:00:00+14:00"), "filters[0].value"),
        (entry(field="createdAt", value="9999-12-31T23:59:59-14:00"), "filters[0].value"),
        (entry(field="createdAt", value=1), "filters[0].value"),
        (entry(field="createdAt", entryType="Range", value={}), "filters[0].value"),
        (entry(field="createdAt", entryType="Range", value={"from": None, "to": None}), "filters[0].value"),
        (entry(field="createdAt", entryType="Range", value={"from": "2026-11-24T00:00:00Z", "until": "x"}), "filters[0].value"),
        (entry(field="createdAt", entryType="Range", value=["2026-11-24T00:00:00Z"]), "filters[0].value"),
        (entry(field="createdAt", entryType="Range", value={"relative": "next month"}), "filters[0].value"),
        (entry(field="createdAt", entryType="Range", value={"relative": "today", "zone": "Mars/Olympus"}), "filters[0].value"),
        (entry(field="createdAt", entryType="Range", value={"relative": "today", "from": "2026-11-24T00:00:00Z"}), "filters[0].value"),
        (entry(field="assetAmount", entryType="Range", value={"relative": "today"}), "filters[0].value"),
        (entry() | {"not": True}, "filters[0].not"),
    ],
    ids=lambda value: None,
)
def test_a_value_that_does_not_fit_is_refused_by_its_place(odd: dict[str, Any], where: str, anybody: Caller) -> None:
    assert list(refused(anybody, "/api/transfers", {"filters": [odd]})) == [where]


@pytest.mark.parametrize(
    "body",
    [
        b'{"filters": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
        b'{"filters": [{"entryType": "Exact", "entryType": "Exact", "field": "userId", "value": "a"}]}',
        b'{"filters": [{"entryType": "Exact", "field": "assetAmount", "value": NaN}]}',
        b'{"filters": [{"entryType": "Exact", "field": "assetAmount", "value": Infinity}]}',
        b'{"filters": [{"entryType": "Exact", "field": "assetAmount", "value": ' + b"9" * 5_000 + b"}]}",
        b'{"filters": [{"entryType": "Exact", "field": "assetAmount", "value": 1e999999999}]}',
        rb'{"filters": [{"entryType": "Exact", "field": "userId", "value": "\ud800"}]}',
        rb'{"filters": [{"entryType": "Like", "field": "userEmail", "value": "a\u0000b"}]}',
        b'{"filters": null}',
        b'{"filters": {}}',
        *(json.dumps({"limit": limit}).encode() for limit in (-1, 0, 1_001, 10**9, "1", 1.5, True, None)),
        *(json.dumps({"after": after}).encode() for after in ("x", "W10=", "WyJhIl0=", "é", "A" * 5_000, 1)),
    ],
    ids=range(24),
)
def test_an_odd_body_is_refused(body: bytes, anybody: Caller) -> None:
    refused(anybody, "/api/transfers", body)


def test_fifty_filters_of_a_thousand_values_are_answered_and_one_more_is_not(anybody: Caller) -> None:
    most = {"filters": [entry(value=[f"u{n}" for n in range(1_000)])] * 50}
    for path in ("/api/transfers", "/api/orders", "/api/unsolicited-trades", *TOTALS):
        assert anybody.send("POST", path, most, media=JSON).status_code == 200
    assert list(refused(anybody, "/api/transfers", {"filters": [entry()] * 51})) == ["filters"]


def test_totals_of_all_that_the_calendar_knows_are_answered(anybody: Caller) -> None:
    ends = ({"from": "0001-01-01T00:00:01Z"}, {"to": "9999-12-31T23:59:59Z"}, {"from": "9999-12-31T01:00:00Z"}, {"to": "0001-01-01T00:00:01Z"})
    for path in TOTALS:
        for value in (*ends, ends[0] | ends[1], ends[2] | ends[3]):
            asked = {"filters": [entry(field="createdAt", entryType="Range", value=value)]}
            assert anybody.send("POST", path, asked, media=JSON).status_code == 200


def test_a_regular_expression_is_plain_text(anybody: Caller) -> None:
    asked = {"filters": [entry(field="userEmail", entryType="Like", value="(a+)+$" * 100)]}
    assert anybody.send("POST", "/api/transfers", asked, media=JSON).json()["data"] == []


def test_a_cursor_belongs_to_its_order(anybody: Caller) -> None:
    cursor = sources.keyset.cursor("createdAt", "Desc", "2026-11-24T00:00:00+00:00", "x")
    assert anybody.send("POST", "/api/transfers", {"after": cursor}, media=JSON).status_code == 200
    for sort in ({"field": "createdAt", "direction": "Asc"}, {"field": "assetAmount", "direction": "Desc"}):
        assert list(refused(anybody, "/api/transfers", {"after": cursor, "sort": sort})) == ["after"]
    odd = sources.keyset.cursor("createdAt", "Desc", "'; DROP TABLE accounts_user; --", "x")
    assert list(refused(anybody, "/api/transfers", {"after": odd})) == ["after"]


NAMED = st.text(max_size=30) | st.sampled_from([name for source in EVERY for name in source.fields])
VALUED = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.decimals()
    | st.dictionaries(st.sampled_from(["from", "to", "x"]), st.text())
)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(name=NAMED, kind=st.sampled_from(["Exact", "Range", "Like"]), value=VALUED | st.lists(VALUED, max_size=3), source=st.sampled_from(EVERY))
def test_no_word_of_a_request_becomes_sql(name: str, kind: Any, value: Any, source: sources.Source) -> None:
    try:
        compiled = language.clauses(source.fields, [Filter(entry_type=kind, field=name, value=value)])
        order = sources.order_of(source, Sort(field=name))
    except Invalid:
        return
    assert order.field in source.fields.values()
    for clause in compiled:
        assert clause.sql in {text for field in source.fields.values() for text in texts(field)}


def texts(field: Field) -> set[str]:
    """All that a filter of this field can become."""
    if field.within is None:
        return set(conditions(f"r.{field.column}"))
    pairs = zip(conditions(field.within.column), conditions(f"r.{field.column}"), strict=True)
    begin = f"(r.{field.within.key} IN ({field.within.keys})) IS TRUE"
    return {begin.replace("{}", inner) + ("" if field.within.is_exact else f" AND {own}") for inner, own in pairs}


def conditions(place: str) -> list[str]:
    types = ("text", "numeric", "timestamptz")
    ends = [[f"{place} {sign} %s::{type}" for sign in (">=", "<")] for type in types]
    ranges = [text for pair in ends for text in (*pair, " AND ".join(pair))]
    return [
        f"upper({place}) LIKE upper(%s::text)",
        *(f"{place} = ANY(%s::{type}[])" for type in types),
        *(f"{place} = %s::{type}" for type in types),
        *ranges,
    ]


def test_a_number_keeps_every_digit(anybody: Caller) -> None:
    field = TRANSFERS.fields["assetAmount"]
    for text in ("0.1", "99999999999999999999.123456789012345678"):
        assert language.parsed(field, text) == language.parsed(field, Decimal(text)) == Decimal(text)
