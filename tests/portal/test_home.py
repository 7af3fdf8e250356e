"""Home: one inbox of what needs a person, and a palette that finds things."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.notifications import arrivals
from backoffice.notifications.post import post
from backoffice.reports.models import Delivery
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, make_market, signed_in
from tests.reports.desk import finished

HTMX = {"HX-Request": "true"}
MOST_QUERIES = 60


@pytest.mark.django_db
def test_an_empty_inbox_says_what_would_be_in_it(clerk: Client) -> None:
    assert "Nothing waits for you" in clerk.get("/").content.decode()


@pytest.mark.django_db
def test_markets_without_a_calendar_wait_in_the_inbox(clerk: Client) -> None:
    make_market(calendar_id=None)
    page = clerk.get("/").content.decode()
    assert "1 market has no calendar" in page
    assert 'href="/markets/?has_calendar=false&amp;group=metals"' in page
    assert 'href="/markets/cfd.xau_usd/"' in clerk.get("/markets/?has_calendar=false").content.decode()


@pytest.mark.django_db
def test_home_shows_nobody_what_they_may_not_see(stranger: Client) -> None:
    page = stranger.get("/")
    assert page.status_code == 200
    assert "Liquidity sessions" not in page.content.decode()


@pytest.mark.django_db
def test_the_palette_finds_objects_by_a_piece_of_their_name(clerk: Client, stranger: Client) -> None:
    make_market()
    found = clerk.get("/palette/?q=xau", headers=HTMX).content.decode()
    assert 'href="/markets/cfd.xau_usd/"' in found
    assert 'href="/assets/xau/"' in found
    assert "cfd.xau_usd" not in stranger.get("/palette/?q=xau", headers=HTMX).content.decode()


@pytest.mark.django_db
def test_the_palette_works_as_a_page_without_scripts(clerk: Client) -> None:
    make_market()
    page = clerk.get("/palette/?q=xau").content.decode()
    assert "<html" in page
    assert 'href="/markets/cfd.xau_usd/"' in page


def unsent(report: str, *recipients: str) -> None:
    for recipient in recipients:
        told = {"state": "Failed", "next_attempt_at": None, "finished_at": timezone.now(), "reason": "550 no such mailbox"}
        Delivery.objects.create(report_id=report, recipient=recipient, **told)
        post(
            "ReportMailFailed", "error", {"reportId": report, "name": "R", "recipient": recipient, "owner": "tests", "reason": "550 no such mailbox"}
        )
    # Else the next page would number them, and ask more than the one behind it.
    arrivals.number()


@pytest.mark.django_db
def test_mails_of_reports_that_were_given_up_wait_in_the_inbox_once_a_report(stranger: Client) -> None:
    bank.open_bank()
    report = finished()["report"]
    unsent(report, "a@example.com", "<b>@example.com", "c@example.com")
    Delivery.objects.create(report_id=report, recipient="d@example.com")
    page = signed_in(*EVERYTHING).get("/").content.decode()
    assert page.count(f'data-key="MailFailed:{report}"') == 1
    assert "c@example.com and 2 more" in page
    assert "550 no such mailbox" in page
    assert f'href="/reports/{report}/"' in page
    assert "<b>@example" not in page
    assert "could not be mailed" not in stranger.get("/").content.decode()


@pytest.mark.django_db
def test_old_failures_of_mail_wait_for_nobody(db: None) -> None:
    bank.open_bank()
    unsent(finished()["report"], "a@example.com")
    Delivery.objects.update(finished_at=timezone.now() - timedelta(days=4))
    assert "could not be mailed" not in signed_in(*EVERYTHING).get("/").content.decode()


@pytest.mark.django_db
def test_home_asks_as_often_however_many_mails_failed(db: None) -> None:
    bank.open_bank()
    clerk, report = signed_in(*EVERYTHING), finished()["report"]
    unsent(report, "a@example.com")
    clerk.get("/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/")
    unsent(report, *(f"{number}@example.com" for number in range(20)))
    with CaptureQueriesContext(connection) as many:
        clerk.get("/")
    assert len(many) == len(few) <= MOST_QUERIES, len(many)
