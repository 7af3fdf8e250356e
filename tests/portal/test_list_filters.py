"""Filters beyond choices: times by words and by days in the reader's zone, parts of texts, ranges of numbers; in the URL, as chips."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client, RequestFactory

from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import CallbackQuery
from backoffice.contracts.desk import NewApiClient
from backoffice.contracts.errors import TooCostly
from backoffice.contracts.operations import ALL, OWN
from backoffice.contracts.paging import Page
from backoffice.contracts.users import NewUser, UserQuery
from backoffice.services import back_api, desk
from portal import listing
from portal.listing import Column, Empty, Listing, Period, State
from portal.listing.reports import entries, order
from portal.session import DeskRequest
from portal.views.transfers import TRANSFERS
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, OWNER, signed_in

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)  # the day on which clocks in Berlin skip an hour
CREATED = Period(key="created", label="Created", field="createdAt")


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def state(query: str, zone: str = "UTC") -> State:
    allowed = {key: kind for one in TRANSFERS.filters for key, kind in one.allowed([("Completed", ""), ("usd", "")]).items()}
    return State.of(QueryDict(query), {**allowed, "sort": ["Amount", "-Amount"]}, zone=zone)


def ends(query: str, zone: str = "UTC") -> tuple[str, str]:
    with time_machine.travel(NOW, tick=False):
        return tuple(end.astimezone(UTC).isoformat()[:16] if end else "" for end in CREATED.ends(state(query, zone)))  # type: ignore[return-value]


def found(client: Client, query: str) -> list[str]:
    """Amounts of the transfers that a page shows."""
    answer = client.get(f"/transfers/?column=amount&{query}")
    assert answer.status_code == 200
    return [text.replace(",", "").removesuffix(".00") for text in re.findall(r'<span class="strong">([0-9.,]+)</span>', answer.content.decode())]


@pytest.mark.parametrize(
    ("query", "zone", "expected"),
    [
        ("created=today", "UTC", ("2026-03-29T00:00", "2026-03-30T00:00")),
        ("created=today", "Europe/Berlin", ("2026-03-28T23:00", "2026-03-29T22:00")),
        ("created=previous+month", "Europe/Berlin", ("2026-01-31T23:00", "2026-02-28T23:00")),
        ("created_from=2026-03-01&created_to=2026-03-02", "UTC", ("2026-03-01T00:00", "2026-03-03T00:00")),
        (
            "created_from=2026-03-29&created_from=03:30&created_to=2026-03-29&created_to=14:00",
            "Europe/Berlin",
            ("2026-03-29T01:30", "2026-03-29T12:00"),
        ),
        ("created_to=2026-03-29", "Asia/Kolkata", ("", "2026-03-29T18:30")),
        ("created_from=2026-03-29&created_from=&created_to=", "UTC", ("2026-03-29T00:00", "")),
        ("created=today&created_from=2020-01-01", "UTC", ("2026-03-29T00:00", "2026-03-30T00:00")),
        ("created=last+90+days", "UTC", ("2025-12-30T00:00", "2026-03-30T00:00")),
        ("created=whenever&created_from=2026-02-30&created_to=25:00", "UTC", ("", "")),
        ("created_from=12:00", "UTC", ("", "")),
        ("created_to=9999-12-31", "UTC", ("", "")),
    ],
)
def test_a_period_means_whole_days_of_the_readers_zone(query: str, zone: str, expected: tuple[str, str]) -> None:
    assert ends(query, zone) == expected


def test_what_is_chosen_reads_as_a_chip(clerk: Client) -> None:
    page = clerk.get("/transfers/?created=last+7+days&amount_from=10&amount_to=500&email=ANNA&status=Completed&status=Failed").content.decode()
    chips = re.findall(r'id="chip-([a-z]+)"><span>([^<]+)</span><span>([^<]+)</span><b>([^<]+)</b>', page)
    assert chips == [
        ("status", "Status", "is any of", "Completed, Failed"),
        ("created", "Created", "in", "Last 7 days"),
        ("amount", "Amount", "from", "10 to below 500"),
        ("email", "Client&#x27;s e-mail", "contains", "ANNA"),
    ]
    (without,) = re.findall(r'<a href="([^"]+)"[^>]*aria-label="Remove the filter Amount"', page)
    assert set(parse_qs(without.partition("?")[2].replace("&amp;", "&"))) == {"created", "email", "status"}
    # At one click, and by a form that works without JavaScript and keeps the other filters.
    assert re.search(r'<a class="item" href="/transfers/\?status=Completed&amp;status=Failed&amp;created=yesterday&amp;amount_from=10', page)
    assert 'name="amount_from" value="10"' in page
    assert "Days of UTC." in page


def test_the_zone_is_that_of_the_clock_switch(clerk: Client) -> None:
    clerk.cookies["desk_zone"] = "Asia%2FKolkata"
    assert "Days of Asia/Kolkata." in clerk.get("/transfers/").content.decode()
    clerk.cookies["desk_clock"] = "utc"
    assert "Days of UTC." in clerk.get("/transfers/").content.decode()
    del clerk.cookies["desk_clock"]
    clerk.cookies["desk_zone"] = "Middle/Earth"
    assert "Days of UTC." in clerk.get("/transfers/").content.decode()


def test_transfers_are_found_by_time_amount_and_text(clerk: Client, account: str) -> None:
    for amount in ("5", "10", "99.5", "500"):
        bank.deposit(account, amount)
    assert found(clerk, "sort=Amount") == ["5", "10", "99.50", "500"]
    assert found(clerk, "sort=Amount&amount_from=10&amount_to=500") == ["10", "99.50"]
    assert found(clerk, "created=today&amount_to=6") == ["5"]
    assert found(clerk, "created=yesterday") == []
    assert found(clerk, "email=ANNA%40&sort=-Amount") == ["500", "99.50", "10", "5"]
    assert found(clerk, "email=nobody") == found(clerk, "account=nothing") == found(clerk, "external=%25") == []
    assert found(clerk, "amount_from=1e5&amount_to=x&sort=Amount") == ["5", "10", "99.50", "500"]


@pytest.mark.parametrize(
    "query", ["email=%00", "created_from=%00", "amount_from=%00", "q=%00", "created=%00today", "account=" + "x" * 5_000, "email=%F0%9F"]
)
def test_hostile_values_do_no_harm(clerk: Client, query: str) -> None:
    assert clerk.get(f"/transfers/?{query}").status_code == 200


def test_clients_are_found_by_parts_and_by_when_they_came(account: str) -> None:
    back_api().users.create(OWNER, NewUser(user_id="bo", email="bo@example.org", name="Bo Berg"))
    created = back_api().users.get(OWNER, "bo").value.created_at

    def ids(**wanted: Any) -> set[str]:
        return {user.user_id for user in back_api().users.find(OWNER, UserQuery(**wanted)).items}

    assert ids() == {"anna", "bo"}
    assert ids(email="EXAMPLE.ORG") == ids(name="berg") == ids(created_from=created) == {"bo"}
    assert ids(created_to=created) == {"anna"}
    assert ids(created_from=created + timedelta(seconds=1)) == set()


def test_callbacks_are_searched_by_id_transfer_and_host(clerk: Client, account: str, settings: Any) -> None:
    settings.CALLBACK_KEYS = {"test": bytes(32)}
    client_id = desk().api_clients.create(OWNER, NewApiClient(name="Gateway")).client_id
    back_api().callbacks.allow_hosts(OWNER, client_id, ["one.example.com"])
    back_api().callbacks.make_secret(OWNER, client_id)
    gateway = Actor(kind="client", id=client_id, name="Gateway", door="api", operations=frozenset({*ALL, OWN}))
    first = bank.deposit(account, "1", url="https://one.example.com/hook", by=gateway)

    def ids(**wanted: Any) -> list[str]:
        return [one.webhook_id for one in back_api().callbacks.find(OWNER, CallbackQuery(**wanted)).items]

    (known,) = ids(search=first.transfer_id)
    assert ids(search=known) == ids(search="ONE.example") == ids(created_from=NOW - timedelta(days=9_000)) == [known]
    assert ids(search="two") == ids(search="%") == ids(created_to=NOW - timedelta(days=9_000)) == []
    assert known in clerk.get("/callbacks/?q=one.example&created=today").content.decode()


def test_a_view_as_entries_of_the_filter_language() -> None:
    asked = state("status=Completed&asset=usd&created=previous+month&amount_from=10&email=anna&sort=-Amount", "Europe/Berlin")
    assert [(one.field, one.entry_type, one.value) for one in entries(TRANSFERS, asked)] == [
        ("status", "Exact", ["Completed"]),
        ("createdAt", "Range", {"relative": "previous month", "zone": "Europe/Berlin"}),
        ("assetAmount", "Range", {"from": 10}),
        ("userEmail", "Like", "anna"),
        ("assetId", "Exact", ["usd"]),
    ]
    sort = order(TRANSFERS, asked)
    assert sort is not None
    assert (sort.field, sort.direction) == ("assetAmount", "Desc")


@pytest.fixture
def request_of_clerk(clerk: Client, rf: RequestFactory) -> DeskRequest:
    made = rf.get("/somewhere/?created=today")
    made.actor, made.htmx = OWNER, None  # type: ignore[attr-defined]
    return made  # type: ignore[misc]


def test_a_list_that_takes_too_long_stays_with_its_filters_and_says_how_to_narrow(request_of_clerk: DeskRequest) -> None:
    def find(*_: object) -> Page[str]:
        raise TooCostly("Name an account.")

    slow: Listing[str] = Listing(
        section="slow", title="Slow", noun="row", nouns="rows", find=find, key=str, href=str, empty=Empty(icon="x", text=""),
        filters=(CREATED,), columns=(Column(key="id", label="Id"),),
    )  # fmt: skip
    answer = listing.answer(request_of_clerk, slow)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "This takes too long to find. Name an account." in page
    assert 'aria-label="Remove the filter Created"' in page
