"""Market groups in the portal: create, rename, and delete unless markets need them."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.market_groups import MarketGroupChange, NewMarketGroup
from backoffice.services import back_api
from tests.portal.desk_people import OWNER, make_market
from tests.portal.posted import HTMX, form_of, page_of


def names() -> list[str]:
    return [group.name for group in back_api().market_groups.find(OWNER)]


def test_a_group_is_created_and_its_id_follows_from_the_name(clerk: Client) -> None:
    answer = clerk.post("/groups/new/", {"name": "FX majors", "marketGroupId": ""})
    assert answer.headers["Location"] == "/groups/fx-majors/"
    refused = clerk.post("/groups/new/", {"name": "FX majors", "marketGroupId": ""})
    assert refused.status_code == 400
    assert "FX majors is taken" in refused.content.decode()


def test_the_list_links_to_the_markets_of_each_group(clerk: Client) -> None:
    make_market()
    page = page_of(clerk, "/groups/")
    assert '<a class="link" href="/markets/?group=metals">1</a>' in page


def test_a_group_is_renamed_and_a_lost_race_is_merged(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/groups/metals/edit/")) | {"name": "Precious"}
    back_api().market_groups.update(OWNER, "metals", MarketGroupChange(name="Shiny"))
    lost = clerk.post("/groups/metals/edit/", sent)
    assert lost.status_code == 412
    assert names() == ["Shiny"]
    merged = form_of(lost.content.decode(), '<form method="post" action="/groups/metals/edit/"') | {"name": "Precious"}
    assert clerk.post("/groups/metals/edit/", merged).status_code == 303
    assert names() == ["Precious"]


def test_deleting_asks_first(clerk: Client) -> None:
    question = page_of(clerk, "/groups/metals/delete/")
    assert "Delete Metals?" in question
    assert names() == ["Metals"]
    answer = clerk.post("/groups/metals/delete/", form_of(question, '<form method="post" action="/groups/metals/delete/"'))
    assert answer.headers["Location"] == "/groups/"
    assert names() == []
    assert "Metals is deleted." in page_of(clerk, "/groups/")


def test_a_group_in_use_names_its_markets_as_links(clerk: Client) -> None:
    make_market()
    question = page_of(clerk, "/groups/metals/delete/", **HTMX)
    assert "Metals is in use" in question
    assert 'href="/markets/cfd.xau_usd/"' in question
    assert "<html" not in question
    refused = clerk.post("/groups/metals/delete/", {"version": "1"})
    assert refused.status_code == 400
    assert "cfd.xau_usd" in refused.content.decode()
    assert names() == ["Metals"]


def test_a_group_that_changed_since_the_question_is_asked_about_again(clerk: Client) -> None:
    back_api().market_groups.update(OWNER, "metals", MarketGroupChange(name="Shiny"))
    answer = clerk.post("/groups/metals/delete/", {"version": "1"})
    assert answer.status_code == 412
    assert "Look at it again" in answer.content.decode()
    assert names() == ["Shiny"]


def test_who_may_only_look_sees_what_is_missing(viewer: Client) -> None:
    page = page_of(viewer, "/groups/metals/")
    assert page.count("This needs the operation manage-markets") == 2
    assert viewer.post("/groups/metals/delete/", {"version": "1"}).status_code == 403
    assert viewer.get("/groups/metals/edit/").status_code == 403


def test_without_groups_the_list_says_what_to_do(clerk: Client) -> None:
    back_api().market_groups.delete(OWNER, "metals")
    assert "No groups yet" in page_of(clerk, "/groups/")


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client) -> None:
    clerk.get("/groups/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/groups/")
    for number in range(49):
        back_api().market_groups.create(OWNER, NewMarketGroup(name=f"Group {number}"))
    with CaptureQueriesContext(connection) as many:
        clerk.get("/groups/")
    assert len(many) == len(few)
