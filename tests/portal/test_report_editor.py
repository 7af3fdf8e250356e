"""The editor of reports: what a view hands on arrives whole, filters and columns are put together without scripts, refusals stand at their inputs."""

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from backoffice.contracts.reports import ReportQuery
from backoffice.reports.models import Report
from backoffice.services import back_api
from tests.money import bank
from tests.money.bank import OWNER
from tests.portal.desk_people import EVERYTHING, signed_in
from tests.portal.editor import editor_of
from tests.portal.posted import HTMX, page_of


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    account = bank.open_account("anna")
    bank.deposit(account, "100", key="a-1")
    bank.withdraw(account, "20", key="a-2")
    return account


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def drawn(clerk: Client, address: str = "/reports/new/?source=Transfers") -> dict[str, Any]:
    return editor_of(page_of(clerk, address))


def newest() -> Report:
    return Report.objects.order_by("-created_at")[0]


def test_a_view_of_a_list_becomes_a_report_of_the_same_rows(clerk: Client) -> None:
    view = "/transfers/?status=Completed&type=Deposit&created=previous+month&amount_from=50&email=anna&sort=-Amount"
    offer = re.search(r'href="(/reports/new/[^"]+)"', page_of(clerk, view))
    assert offer
    begun = html.unescape(offer[1])
    page = page_of(clerk, begun)
    assert "cannot be narrowed" not in page
    clerk.post("/reports/new/", editor_of(page) | {"name": "Of a view", "do": "make"})
    sent = parse_qs(urlsplit(begun).query)
    made = newest()
    assert made.filters == _plain(json.loads(sent["filters"][0]))
    assert made.sorting == {"field": "assetAmount", "column": None, "direction": "Desc"}
    assert made.time_zone == sent["zone"][0]


def _plain(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """A text that is one choice is a list of one."""
    return [entry | ({"value": [entry["value"]]} if entry["entryType"] == "Exact" and isinstance(entry["value"], str) else {}) for entry in entries]


def test_filters_that_no_input_can_show_are_kept_as_they_are(clerk: Client) -> None:
    entries = [
        {"entryType": "Range", "field": "createdAt", "value": {"from": "2026-10-25T00:30:17+00:00", "to": "2026-10-26T00:00:00+00:00"}},
        {"entryType": "Exact", "field": "assetAmount", "value": ["1.5", "20"]},
        {"entryType": "Range", "field": "createdAt", "value": {"relative": "last 90 days", "zone": "Asia/Kolkata"}},
    ]
    begun = "/reports/new/?" + urlencode({"source": "Transfers", "filters": json.dumps(entries), "zone": "Europe/Berlin"})
    clerk.post("/reports/new/", drawn(clerk, begun) | {"name": "Odd ones", "do": "make"})
    assert newest().filters == entries


def test_days_are_those_of_the_report_s_zone(clerk: Client) -> None:
    value = {"from": "2026-10-24T22:00:00+00:00", "to": "2026-10-25T23:00:00+00:00"}
    entries = [{"entryType": "Range", "field": "createdAt", "value": value}]
    begun = "/reports/new/?" + urlencode({"source": "Transfers", "filters": json.dumps(entries), "zone": "Europe/Berlin"})
    sent = drawn(clerk, begun)
    page = page_of(clerk, begun)
    assert page.count('name="filter-0-from" value="2026-10-25"') == 1
    assert page.count('name="filter-0-to" value="2026-10-25"') == 1
    clerk.post("/reports/new/", {**sent, "filter-0-from": ["2026-10-25", ""], "filter-0-to": ["2026-10-25", ""], "name": "A long day", "do": "make"})
    assert newest().filters[0]["value"] == value


def test_filters_are_added_and_removed_without_scripts(clerk: Client) -> None:
    sent = drawn(clerk)
    added = clerk.post("/reports/new/", sent | {"do": "add", "add": "status"}).content.decode()
    assert 'name="filter-0-field" value="status"' in added
    assert ">AwaitingConfirmation<" not in added  # words, not wire names
    twice = clerk.post("/reports/new/", editor_of(added) | {"do": "add", "add": "userEmail", "filter-0-value": "Completed"}).content.decode()
    left = clerk.post("/reports/new/", editor_of(twice) | {"do": "remove:0"}).content.decode()
    assert 'name="filter-0-field" value="userEmail"' in left
    assert "filter-1-field" not in left
    assert newest_count() == 0


def newest_count() -> int:
    return back_api().reports.find(OWNER, ReportQuery()).total


def test_a_filter_without_a_value_is_not_passed_over(clerk: Client) -> None:
    added = clerk.post("/reports/new/", drawn(clerk) | {"do": "add", "add": "userEmail"}).content.decode()
    refused = clerk.post("/reports/new/", editor_of(added) | {"name": "Of whom?", "do": "make"})
    assert refused.status_code == 400
    assert "Give it a value, or remove it." in refused.content.decode()
    assert 'href="#filter-0"' in refused.content.decode()
    assert newest_count() == 0


def test_another_source_says_which_filters_it_does_not_have(clerk: Client) -> None:
    entries = [{"entryType": "Like", "field": "deduplicationId", "value": "a-"}, {"entryType": "Like", "field": "userEmail", "value": "anna"}]
    begun = "/reports/new/?" + urlencode({"source": "Transfers", "filters": json.dumps(entries)})
    page = clerk.post("/reports/new/", drawn(clerk, begun) | {"source": "Trades", "do": "look"}).content.decode()
    assert "cannot be narrowed by Deduplication id" in page
    assert editor_of(page)["filter-0-field"] == ["userEmail"]


def test_a_source_of_one_client_asks_whose(clerk: Client, account: str) -> None:
    page = page_of(clerk, "/reports/new/?source=UserTransfers")
    assert 'name="filter-0-field" value="userId"' in page
    refused = clerk.post("/reports/new/", editor_of(page) | {"do": "make"})
    assert refused.status_code == 400
    made = clerk.post("/reports/new/", editor_of(page) | {"filter-0-value": "anna", "do": "make"})
    assert made.status_code == 303
    assert newest().filters == [{"entryType": "Exact", "field": "userId", "value": ["anna"]}]


def test_the_first_rows_are_shown_with_how_many_there_are(clerk: Client) -> None:
    sent = drawn(clerk)
    shown = clerk.post("/reports/new/", sent | {"do": "preview"}, headers=HTMX).content.decode()
    assert shown.startswith("<section")
    assert "2 rows in all" in shown
    whole = clerk.post("/reports/new/", sent | {"do": "preview"}).content.decode()
    assert "<html" in whole
    assert "2 rows in all" in whole
    wrong = clerk.post("/reports/new/", sent | {"do": "preview", "timeZone": "Nowhere"}, headers=HTMX)
    assert wrong.status_code == 200
    assert "there is no time zone" in wrong.content.decode()


def test_columns_are_chosen_and_ordered_without_scripts(clerk: Client) -> None:
    sent = drawn(clerk)
    page = clerk.post("/reports/new/", sent | {"column": ["transferId", "status"], "do": "up:status"}).content.decode()
    assert page.index('value="status" checked') < page.index('value="transferId" checked')
    clerk.post("/reports/new/", sent | {"column": ["status", "transferId"], "do": "make"})
    assert newest().columns == ["status", "transferId"]


def test_what_the_desk_refuses_stands_next_to_its_input(clerk: Client) -> None:
    sent = drawn(clerk) | {"do": "make", "timeZone": "Europe/Nowhere", "notifyEmails": "nobody"}
    assert "This is needed." in clerk.post("/reports/new/", sent | {"name": ""}).content.decode()
    refused = clerk.post("/reports/new/", sent | {"name": "x" * 201})
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "nobody" in page
    assert "Is no e-mail address" in page
    assert "There is no time zone" in page
    assert "must be 1 to 200 printable characters" in page.lower()


@pytest.mark.parametrize("filters", ["{", "[1]", '[{"entryType":"Odd","field":"status","value":1}]', "[" * 3000])
def test_filters_of_an_address_that_make_no_sense_are_not_dropped(clerk: Client, filters: str) -> None:
    answer = clerk.get("/reports/new/", {"source": "Transfers", "filters": filters})
    assert answer.status_code == 400
    assert "cannot be read" in answer.content.decode()


def test_an_order_that_the_source_does_not_have_is_told(clerk: Client) -> None:
    offer = re.search(r'href="(/reports/new/[^"]+)"', page_of(clerk, "/transfers/?sort=-UpdatedAt"))
    assert offer
    assert "cannot be put in order of Updated at" in page_of(clerk, html.unescape(offer[1]))
