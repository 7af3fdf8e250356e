"""Home: one inbox of what needs a person, and a palette that finds things."""

import pytest
from django.test import Client

from tests.portal.desk_people import make_market

HTMX = {"HX-Request": "true"}


@pytest.mark.django_db
def test_an_empty_inbox_says_what_would_be_in_it(clerk: Client) -> None:
    assert "Nothing waits for you" in clerk.get("/").content.decode()


@pytest.mark.django_db
def test_markets_without_a_calendar_wait_in_the_inbox(clerk: Client) -> None:
    make_market(calendar_id=None)
    page = clerk.get("/").content.decode()
    assert "1 market has no calendar" in page
    assert 'href="/markets/?has_calendar=false"' in page
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
