"""From a list to a report every morning: narrowed, kept as a template, made at its time by the worker, downloaded, and in the mailbox."""

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.reports.models import Template
from backoffice.services import back_api
from tests.journeys.conftest import Desk, Worker
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator

BEAT = Actor(kind="system", id="reports", name="beat", door="job", operations=frozenset({operations.WORKER}))
NAME = "Anna's larger deposits"
READER = "finance@example.com"


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_a_filtered_list_becomes_a_report_of_every_morning(desk: Desk, worker: Worker) -> None:
    bank.open_bank()
    anna, ben = bank.open_account("anna"), bank.open_account("ben")
    for number in range(3):
        bank.deposit(anna, str(1_000 + number), key=f"a-{number}")
    bank.deposit(anna, "5", key="small")
    bank.deposit(ben, "2000", key="b-1")
    username = make_operator(*EVERYTHING, name="Rosa Reports")
    _sign_in(desk, username)
    _begin_from_the_list(desk)
    _keep_as_a_template(desk)
    _falls_due()
    _made_and_downloaded(desk)
    _in_the_mailbox(desk)


def _sign_in(desk: Desk, username: str) -> None:
    desk.open("/transfers/?email=anna&amount_from=100&type=Deposit")
    desk.page.get_by_label("User name").fill(username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_role("heading", name="Transfers")).to_be_visible()


def _begin_from_the_list(desk: Desk) -> None:
    page = desk.page
    expect(page.get_by_text("1–3 of 3")).to_be_visible()
    page.locator("#export").click()
    page.get_by_role("link", name="Make a report of this view").click()
    expect(page.get_by_role("heading", name="New report")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("3 rows in all")
    expect(page.locator("#filter-0")).to_be_visible()
    desk.looks_good()


def _keep_as_a_template(desk: Desk) -> None:
    """The same rows at a schedule, whose next runs are there before it is saved."""
    page = desk.page
    page.locator("#f-name").fill(NAME)
    page.locator("#f-format").select_option("Csv")
    page.locator("#f-notifyEmails").fill(READER)
    page.get_by_role("button", name="Keep as a template").click()
    expect(page.get_by_role("heading", name="New report template")).to_be_visible()
    page.locator("#f-timeZone").fill("Europe/Berlin")
    page.locator("#f-window").select_option("Everything")
    page.locator("#f-frequency").select_option("Daily")
    page.locator("#f-time").fill("06:30")
    page.locator("#f-time").blur()
    expect(page.locator("#plan tbody tr")).to_have_count(5)
    expect(page.locator("#plan")).to_contain_text(re.compile(r"06:30\+0[12]:00"))
    # Somebody looks for a filter and thinks better of it.
    page.locator("#add").select_option("status")
    expect(page.locator("#filter-3")).to_be_visible()
    page.get_by_role("button", name="Remove the filter Status").click()
    expect(page.locator("#filter-3")).to_have_count(0)
    desk.looks_good()
    page.get_by_role("button", name="Create template").click()
    expect(page.get_by_text("Every day at 06:30").first).to_be_visible()
    desk.looks_good()


def _falls_due() -> None:
    """Its time comes, and the clock ticks."""
    due = timezone.now().replace(second=0, microsecond=0)
    Template.objects.update(next_due_at=due, base_at=due - timedelta(days=1))
    assert back_api().report_templates.take_due(BEAT) == 1


def _made_and_downloaded(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.locator("main").get_by_text("Scheduled")).to_be_visible()
    page.locator("td a.inside").first.click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    # Whatever it is at when the page is drawn, the page follows by itself.
    expect(page.locator("h1 + .pill")).to_have_text("Completed")
    expect(page.locator(".kpi").first).to_contain_text("3")
    expect(page.locator("#sha256")).to_have_value(re.compile("[0-9a-f]{64}"))
    desk.looks_good()
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Download CSV").click()
    rows = list(csv.DictReader(Path(arriving.value.path()).read_text(encoding="utf-8").splitlines()))
    assert sorted(row["assetAmount"] for row in rows) == ["1000", "1001", "1002"]
    assert {row["userEmail"] for row in rows} == {"anna@example.com"}


def _in_the_mailbox(desk: Desk) -> None:
    page = desk.page
    for _ in range(30):
        page.reload()
        if page.get_by_text("Sent", exact=True).count():
            break
        page.wait_for_timeout(1_000)
    expect(page.locator(".inbox")).to_contain_text(READER)
    desk.open("/mailbox/")
    page.get_by_role("link", name=re.compile(NAME)).first.click()
    expect(page.frame_locator("iframe").get_by_text(NAME).first).to_be_visible()
    desk.looks_good()
