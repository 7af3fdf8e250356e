"""The inbox on Home: chips by kind, claims and snoozes by forms alone, acts that come back to it, a pulse that is silent until something is new."""

import re

import pytest
from django.test import Client

from backoffice.inbox.models import Mark, Target
from tests.inbox import things
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, signed_in
from tests.portal.posted import HTMX, page_of

HOST = {"kind": "CallbackDead", "subject": "crm.example.com"}
MOST_QUERIES = 12


def keys_of(page: str) -> list[str]:
    return re.findall(r'data-key="([^"]+)"', page)


def mark_of(page: str) -> str:
    return re.search(r'data-mark="([^"]+)"', page)[1]  # type: ignore[index]  every inbox has one


@pytest.mark.django_db
def test_every_kind_has_a_row_with_a_page_that_opens(clerk: Client) -> None:
    things.everything()
    page = page_of(clerk, "/")
    rows = keys_of(page)
    assert len(rows) == 11
    for href in re.findall(r'<li class="[^"]*" data-key="[^"]+" data-href="([^"]+)"', page):
        assert clerk.get(href.replace("&amp;", "&")).status_code == 200, href


@pytest.mark.django_db
def test_every_question_of_a_row_is_asked_and_comes_back_to_the_inbox(clerk: Client) -> None:
    things.everything()
    for href in re.findall(r'hx-get="([^"]+then=[^"]+)"', page_of(clerk, "/?kind=MarketFile")):
        question = page_of(clerk, href.replace("&amp;", "&"), **HTMX)
        assert 'name="then" value="/?kind=MarketFile"' in question, href


@pytest.mark.django_db
def test_a_kind_is_shown_alone_and_counted(clerk: Client) -> None:
    things.file()
    things.file(name="two.csv")
    things.dead_callback()
    page = page_of(clerk, "/?kind=MarketFile")
    assert [key.split(":")[0] for key in keys_of(page)] == ["MarketFile"] * 2
    assert re.search(r'href="/\?kind=MarketFile" aria-current="true">Files <span class="n">2<', page)
    assert re.search(r'href="/">All <span class="n">3<', page)


@pytest.mark.django_db
def test_what_is_late_says_so_in_words(clerk: Client) -> None:
    things.dead_callback(minutes=200)
    page = page_of(clerk, "/")
    assert "<b>Overdue</b> 3 h 20 min" in page
    assert "1 callback has died at crm.example.com" in page


@pytest.mark.django_db
def test_without_scripts_a_claim_is_a_form_and_comes_back(clerk: Client, viewer: Client) -> None:
    things.dead_callback()
    answer = clerk.post("/inbox/claim/", {**HOST, "then": "/?kind=CallbackDead"})
    assert (answer.status_code, answer["Location"]) == (303, "/?kind=CallbackDead")
    assert Mark.objects.get().claimed_name == "Ana Clerk"
    other = signed_in(*EVERYTHING, name="Ben Second")
    assert '<span class="pill">Ana Clerk</span>' in page_of(other, "/")
    refused = other.post("/inbox/claim/", HOST, headers=HTMX)
    assert "Ana Clerk works at this." in refused["HX-Trigger"]
    assert 'id="inbox-rows"' in refused.content.decode()
    clerk.post("/inbox/release/", HOST)
    assert not Mark.objects.exists()


@pytest.mark.django_db
def test_putting_off_asks_for_how_long_and_why(clerk: Client) -> None:
    things.dead_callback()
    question = page_of(clerk, "/inbox/snooze/?kind=CallbackDead&subject=crm.example.com", **HTMX)
    assert "Put it off?" in question
    assert clerk.post("/inbox/snooze/", {**HOST, "for": "4h", "reason": ""}).status_code == 400
    assert clerk.post("/inbox/snooze/", {**HOST, "for": "lunch", "reason": "Hungry"}).status_code == 400
    assert clerk.post("/inbox/snooze/", {**HOST, "for": "tomorrow", "reason": "They move <b>house"}).status_code == 303
    assert keys_of(page_of(clerk, "/")) == []
    put_off = page_of(clerk, "/?snoozed=1")
    assert "by Ana Clerk: They move &lt;b&gt;house" in put_off
    clerk.post("/inbox/wake/", HOST)
    assert keys_of(page_of(clerk, "/")) == ["CallbackDead:crm.example.com"]


@pytest.mark.django_db
def test_an_act_done_from_the_inbox_comes_back_to_it(db: None) -> None:
    bank.open_bank()
    account = bank.open_account()
    bank.deposit(account, "100")
    made = bank.withdraw(account, "40")
    clerk = signed_in(*EVERYTHING)
    answer = clerk.post(f"/transfers/{made.transfer_id}/confirm/", {"then": "/"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert keys_of(page_of(clerk, "/")) == []


@pytest.mark.parametrize("then", ["https://evil.example.com/", "//evil.example.com/", "/markets/", "/?kind=A&b", "javascript:alert(1)"])
@pytest.mark.django_db
def test_a_form_names_no_other_place_to_go_to(clerk: Client, then: str) -> None:
    things.dead_callback()
    assert clerk.post("/inbox/claim/", {**HOST, "then": then})["Location"] == "/"


@pytest.mark.django_db
def test_the_pulse_is_silent_until_something_is_new(clerk: Client) -> None:
    things.dead_callback()
    mark = mark_of(page_of(clerk, "/"))
    assert clerk.get(f"/inbox/pulse/?mark={mark}", headers=HTMX).status_code == 204
    things.file()
    answer = clerk.get(f"/inbox/pulse/?mark={mark}", headers=HTMX)
    assert len(keys_of(answer.content.decode())) == 2
    assert mark_of(answer.content.decode()) != mark


@pytest.mark.django_db
def test_a_pulse_costs_as_much_however_much_waits(clerk: Client, django_assert_max_num_queries: object) -> None:
    for number in range(20):
        things.dead_callback(f"host{number}.example.com")
    with django_assert_max_num_queries(MOST_QUERIES):  # type: ignore[operator]  a fixture of pytest-django
        clerk.get("/inbox/pulse/", headers=HTMX)


@pytest.mark.django_db
def test_acts_that_one_may_not_do_name_the_operation(catalogue: None) -> None:
    things.file(created=0, updated=0)
    things.failed_report()
    page = page_of(signed_in("view-reports", "view-common"), "/")
    assert 'aria-disabled="true" title="This needs the operation manage-reports">Run again' in page
    assert "lp.csv" not in page


@pytest.mark.django_db
def test_unknown_things_are_not_found(clerk: Client) -> None:
    assert clerk.get("/inbox/snooze/?kind=Lunch&subject=x").status_code == 404
    assert clerk.post("/inbox/claim/", {"kind": "CallbackDead", "subject": "nobody.example.com"})["Location"] == "/"


@pytest.mark.django_db
def test_targets_are_set_by_whoever_runs_the_desk(clerk: Client, viewer: Client) -> None:
    assert viewer.get("/settings/inbox/").status_code == 403
    page = page_of(clerk, "/settings/inbox/")
    assert 'name="Withdrawal" value="60"' in page
    sent = dict.fromkeys(re.findall(r'<input id="f-\w+" name="(\w+)"', page), "30")
    assert clerk.post("/settings/inbox/", {**sent, "Withdrawal": "0"}).status_code == 400
    assert clerk.post("/settings/inbox/", sent).status_code == 303
    assert set(Target.objects.values_list("minutes", flat=True)) == {30}
