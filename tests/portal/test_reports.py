"""Reports in the portal: asked for from nothing or from a list, followed, downloaded; nothing of a hostile name gets out of its place."""

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.reports import ReportQuery
from backoffice.reports.models import Report
from backoffice.services import back_api
from tests.money import bank
from tests.money.bank import OWNER
from tests.portal.desk_people import EVERYTHING, VIEWER, content_of, signed_in
from tests.portal.editor import editor_of
from tests.portal.posted import HTMX, page_of
from tests.reports.desk import finished, wanted

HOSTILE = "<img src=x onerror=alert(1)>"
NOTHING = "00000000-0000-0000-0000-000000000000"
MOST_QUERIES = 20


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


@pytest.fixture
def reader(account: str) -> Client:
    """Sees reports and transfers, makes none."""
    return signed_in(*VIEWER, "view-reports", "view-transfers", name="Rita Reader")


def drawn(clerk: Client, address: str = "/reports/new/?source=Transfers") -> dict[str, Any]:
    return editor_of(page_of(clerk, address))


def newest() -> Report:
    return Report.objects.order_by("-created_at")[0]


def asked(**more: object) -> str:
    return back_api().reports.create(OWNER, wanted(**more)).id  # type: ignore[arg-type]


def test_pages_answer_and_say_what_to_do_first(clerk: Client) -> None:
    assert "Make a report of this view" in page_of(clerk, "/reports/")
    assert "A template makes the same report again and again" in page_of(clerk, "/report-templates/")
    assert "As fits the schedule" not in page_of(clerk, "/reports/new/")
    assert "As fits the schedule" in page_of(clerk, "/report-templates/new/")
    assert "By hand only" in page_of(clerk, "/report-templates/new/")


def test_a_report_is_asked_for_and_its_page_follows_it(clerk: Client) -> None:
    answer = clerk.post(
        "/reports/new/", drawn(clerk) | {"name": "All transfers", "do": "make", "notifyEmails": "a@example.com\nb@example.com"}, follow=True
    )
    page = answer.content.decode()
    made = newest()
    assert (made.name, made.source, made.notify_emails) == ("All transfers", "Transfers", ["a@example.com", "b@example.com"])
    assert "Waiting for a worker" in page
    assert f'hx-get="/reports/{made.pk}/progress/"' in page
    assert "Once there is a file" in page


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


def test_the_page_of_a_finished_report_says_what_its_file_says(clerk: Client) -> None:
    report = finished()["report"]
    page = page_of(clerk, f"/reports/{report}/")
    assert "0" * 64 in page
    assert f'href="/reports/{report}/download/"' in page
    assert content_of(clerk.get(f"/reports/{report}/download/")) == "userId\nanna\n"
    assert "SHA-256" in content_of(clerk.get(f"/reports/{report}/download/?part=Receipt"))
    assert "downloaded the report" in page_of(clerk, f"/reports/{report}/?tab=timeline")


def test_what_cannot_be_downloaded_is_said_on_its_page(clerk: Client) -> None:
    report = asked()
    answer = clerk.get(f"/reports/{report}/download/", follow=True)
    assert answer.redirect_chain
    assert "It is not finished." in answer.content.decode()
    assert clerk.get(f"/reports/{NOTHING}/download/").status_code == 404


def test_a_report_is_stopped_made_again_and_deleted(clerk: Client) -> None:
    report = asked()
    assert "Stop making" in page_of(clerk, f"/reports/{report}/cancel/")
    assert clerk.post(f"/reports/{report}/cancel/").status_code == 303
    page = page_of(clerk, f"/reports/{report}/")
    assert "There is no file." in page
    again = clerk.post(f"/reports/{report}/again/")
    assert again.headers["Location"] == f"/reports/{newest().pk}/" != f"/reports/{report}/"
    late = clerk.post(f"/reports/{report}/cancel/", follow=True).content.decode()
    assert "this needs one that waits or is being made" in late
    assert "cannot be" in page_of(clerk, f"/reports/{report}/delete/") or "Delete" in page_of(clerk, f"/reports/{report}/delete/")
    clerk.post(f"/reports/{report}/delete/")
    assert clerk.get(f"/reports/{report}/").status_code == 404


def test_progress_ends_with_the_page_that_has_the_result(clerk: Client) -> None:
    waiting, done = asked(), finished()["report"]
    assert "HX-Refresh" not in clerk.get(f"/reports/{waiting}/progress/", headers=HTMX).headers
    answer = clerk.get(f"/reports/{done}/progress/", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (286, "true")
    assert clerk.get(f"/reports/{done}/pulse/", headers=HTMX).status_code == 286
    assert clerk.get(f"/reports/{waiting}/pulse/", headers=HTMX).status_code == 200


def test_who_only_looks_sees_acts_disabled_and_is_refused(reader: Client) -> None:
    report = finished()["report"]
    page = page_of(reader, f"/reports/{report}/")
    assert "This needs the operation manage-reports" in page
    assert content_of(reader.get(f"/reports/{report}/download/"))
    for address in ("/reports/new/", f"/reports/{report}/delete/", f"/reports/{report}/cancel/"):
        assert reader.get(address).status_code == 403
    assert reader.post(f"/reports/{report}/again/").status_code == 403
    assert "This needs the operation manage-reports" in page_of(reader, "/transfers/")


def test_a_report_of_what_one_may_not_see_is_not_there(account: str) -> None:
    report = asked()
    other = signed_in(*VIEWER, "view-reports", name="Olga Other")
    assert other.get(f"/reports/{report}/").status_code == 404
    assert other.get(f"/reports/{report}/download/").status_code == 404
    assert report not in page_of(other, "/reports/")
    nobody = signed_in(*VIEWER)
    assert nobody.get("/reports/").status_code == 403
    assert 'href="/reports/"' not in page_of(nobody, "/")


def test_hostile_names_stay_text(clerk: Client) -> None:
    entries = json.dumps(
        [{"entryType": "Like", "field": "userEmail", "value": HOSTILE}, {"entryType": "Exact", "field": "assetAmount", "value": [HOSTILE]}]
    )
    assert HOSTILE not in page_of(clerk, "/reports/new/?" + urlencode({"source": "Transfers", "filters": entries, "zone": HOSTILE, "sort": HOSTILE}))
    report = back_api().reports.create(OWNER, wanted(report_name=HOSTILE, source_name=HOSTILE)).id
    for address in (
        "/reports/",
        f"/reports/{report}/",
        f"/reports/{report}/?tab=timeline",
        f"/reports/{report}/delete/",
        f"/reports/new/?like={report}",
    ):
        assert "&lt;img src=x" in page_of(clerk, address), address
        assert HOSTILE not in page_of(clerk, address), address


def test_the_list_takes_the_same_queries_for_three_and_for_thirty(clerk: Client) -> None:
    taken = []
    for number in (3, 27):
        for _ in range(number):
            asked(notify_emails=["a@example.com"])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            clerk.get("/reports/")
        taken.append(len(queries))
    assert taken[0] == taken[1] <= MOST_QUERIES


def test_the_list_is_narrowed_and_goes_into_a_file(clerk: Client) -> None:
    asked(report_name="Apples")
    back_api().reports.cancel(OWNER, asked(report_name="Pears"))
    assert "Apples" in page_of(clerk, "/reports/?status=New")
    assert "Pears" not in page_of(clerk, "/reports/?status=New")
    assert "Pears" in page_of(clerk, "/reports/?q=pear")
    file = b"".join(clerk.get("/reports/?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Apples" in file
    assert "Pears" in file
