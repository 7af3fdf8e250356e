"""Help on every page, the checklist of a new desk, looks that a browser keeps."""

import pytest
from django.test import Client

from portal.guidance import TOPICS, topic_of
from tests.journeys.walk import names
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, VIEWER, signed_in
from tests.portal.posted import page_of

# Pages whose address nobody works on.
UNHELPED = {"help", "live", "events", "csp-reports", "sign-out"}


def test_every_page_has_help() -> None:
    urls = {name.partition(":")[2] for name in names()}
    assert {url for url in urls if not url.startswith("sign-in") and topic_of(url) is None} <= UNHELPED


def test_the_longest_beginning_decides() -> None:
    found = topic_of("account-groups-list"), topic_of("accounts-show"), topic_of("nonsense")
    assert [topic and topic.key for topic in found] == ["account-groups", "clients", None]


@pytest.mark.django_db
def test_a_page_explains_itself_and_help_has_all_of_it(clerk: Client) -> None:
    assert "Trading stops at once, canceling included." in page_of(clerk, "/markets/")
    everything = page_of(clerk, "/help/")
    assert all(f'id="{topic.key}"' in everything for topic in TOPICS)


@pytest.mark.django_db
def test_a_new_desk_says_what_is_missing_until_money_moves() -> None:
    clerk = signed_in(*EVERYTHING)
    empty = page_of(clerk, "/")
    assert "Set up this desk" in empty
    assert "0 of 8 done" in empty
    bank.open_bank()
    account = bank.open_account("anna")
    assert "3 of 8 done" in page_of(clerk, "/")
    bank.deposit(account, "100", key="a-1")
    assert "Set up this desk" not in page_of(clerk, "/")


@pytest.mark.django_db
def test_the_checklist_is_for_those_who_set_up_and_can_be_put_away() -> None:
    assert "Set up this desk" not in page_of(signed_in(*VIEWER), "/")
    clerk = signed_in(*EVERYTHING)
    assert clerk.post("/preferences/", {"tour": "hidden", "next": "/"}).status_code == 303
    assert "Set up this desk" not in page_of(clerk, "/")


@pytest.mark.django_db
def test_high_contrast_is_chosen_and_kept(clerk: Client) -> None:
    assert "data-contrast" not in page_of(clerk, "/markets/")
    clerk.post("/preferences/", {"contrast": "more", "next": "/markets/"})
    assert 'data-contrast="more"' in page_of(clerk, "/markets/")
    clerk.post("/preferences/", {"contrast": "shrill", "next": "/markets/"})
    assert 'data-contrast="more"' in page_of(clerk, "/markets/")
