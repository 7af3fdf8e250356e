"""Reports in the portal: asked for from nothing or from a list, followed, downloaded; nothing of a hostile name gets out of its place."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

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
