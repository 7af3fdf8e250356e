"""Assets in the portal: internal ones are made and changed, Crm ones only shown, a scale is raised only after a question."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.assets import AssetChange, NewAsset
from backoffice.services import back_api
from tests.portal.desk_people import OWNER, make_market
from tests.portal.posted import form_of, page_of

BOND = {"id": "bund", "name": "German Bund", "type": "Bonds", "scale": "2"}


def test_an_internal_asset_is_created_and_shown(clerk: Client) -> None:
    answer = clerk.post("/assets/new/", BOND)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/assets/bund/")
    assert back_api().assets.get(OWNER, "bund").value.source == "Internal"
    page = page_of(clerk, "/assets/bund/")
    assert "German Bund is created." in page
    assert "CFD and perpetual" in page


def test_what_is_wrong_stands_next_to_its_input(clerk: Client) -> None:
    answer = clerk.post("/assets/new/", {**BOND, "id": "USD!", "scale": "x"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Write a whole number." in page
    assert 'value="German Bund"' in page
    taken = clerk.post("/assets/new/", {**BOND, "id": "usd"}).content.decode()
    assert "Usd exists already" in taken


def test_the_list_counts_markets_and_filters(clerk: Client) -> None:
    make_market("xau", "usd")
    back_api().assets.sync(OWNER, [NewAsset(id="btc", name="Bitcoin", scale=8, type="Crypto")])
    page = page_of(clerk, "/assets/?source=Crm")
    assert "Bitcoin" in page
    assert 'href="/assets/xau/"' not in page
    assert 'href="/assets/xau/"' in page_of(clerk, "/assets/?type=Metals&q=xa&sort=-markets")
    assert "No assets match" in page_of(clerk, "/assets/?q=nothing-like-it")


def test_one_asset_links_to_the_markets_that_use_it(clerk: Client) -> None:
    make_market("xau", "usd")
    page = page_of(clerk, "/assets/usd/")
    assert '/markets/?quote=usd"' in page
    assert 'href="/markets/cfd.xau_usd/"' in page
    assert "No market has it as its base." in page


def test_a_crm_asset_is_explained_and_never_edited(clerk: Client) -> None:
    back_api().assets.sync(OWNER, [NewAsset(id="btc", name="Bitcoin", scale=8, type="Crypto")])
    assert "kept by the client system" in page_of(clerk, "/assets/btc/")
    page = page_of(clerk, "/assets/btc/edit/")
    assert "cannot be edited here" in page
    assert 'name="scale"' not in page
    clerk.post("/assets/btc/edit/", {"name": "Coin", "type": "Crypto", "scale": "8", "version": "1"})
    assert back_api().assets.get(OWNER, "btc").value.name == "Bitcoin"


def test_a_larger_scale_is_asked_about_before_it_is_saved(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/assets/xau/edit/")) | {"scale": "4"}
    question = clerk.post("/assets/xau/edit/", sent).content.decode()
    assert "from 2 to 4 decimal places?" in question
    assert back_api().assets.get(OWNER, "xau").value.scale == 2
    answer = clerk.post("/assets/xau/edit/", form_of(question, '<form method="post" action="/assets/xau/edit/"'))
    assert answer.status_code == 303
    assert back_api().assets.get(OWNER, "xau").value.scale == 4
    shrunk = clerk.post("/assets/xau/edit/", form_of(page_of(clerk, "/assets/xau/edit/")) | {"scale": "1"})
    assert shrunk.status_code == 400
    assert "Must not shrink below 4" in shrunk.content.decode()


def test_a_lost_race_shows_both_sides_and_overwrites_nothing(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/assets/xau/edit/")) | {"name": "Mine"}
    back_api().assets.update(OWNER, "xau", AssetChange(name="Theirs", scale=2, type="Commodities"))
    answer = clerk.post("/assets/xau/edit/", sent)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert 'name="name" value="Mine" required' in page
    assert 'name="name" value="Theirs" required' in page
    merged = form_of(page, '<form method="post" action="/assets/xau/edit/"') | {"name": "Mine"}
    assert clerk.post("/assets/xau/edit/", merged).status_code == 303
    asset = back_api().assets.get(OWNER, "xau").value
    assert (asset.name, asset.type) == ("Mine", "Commodities")


def test_the_timeline_has_every_change(clerk: Client) -> None:
    clerk.post("/assets/xau/edit/", form_of(page_of(clerk, "/assets/xau/edit/")) | {"name": "Gold"})
    page = page_of(clerk, "/assets/xau/timeline/")
    assert "<del>XAU</del> → <ins>Gold</ins>" in page


def test_who_may_only_look_sees_what_is_missing(viewer: Client) -> None:
    page = page_of(viewer, "/assets/xau/")
    assert "This needs the operation manage-assets" in page
    assert 'href="/assets/xau/edit/"' not in page
    assert viewer.get("/assets/new/").status_code == 403
    assert viewer.post("/assets/xau/edit/", {"name": "X"}).status_code == 403


@pytest.mark.parametrize("address", ["/assets/", "/assets/xau/", "/assets/xau/timeline/"])
def test_a_stranger_sees_nothing(stranger: Client, address: str) -> None:
    assert stranger.get(address).status_code == 403


def test_an_asset_that_is_not_there_is_not_found(clerk: Client) -> None:
    assert clerk.get("/assets/nope/").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client) -> None:
    clerk.get("/assets/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/assets/")
    for number in range(50):
        back_api().assets.create(OWNER, NewAsset(id=f"a{number:03}", name=f"Asset {number}", scale=2, type="Stocks"))
    with CaptureQueriesContext(connection) as many:
        clerk.get("/assets/")
    assert len(many) == len(few)
