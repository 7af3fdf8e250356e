"""Rates in the portal: what follows from which price, the root asset once, a price by hand."""

import pytest
from django.test import Client

from backoffice.services import back_api
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, VIEWER, signed_in
from tests.portal.posted import page_of

PRICE = {"baseAssetId": "btc", "quoteAssetId": "usd", "price": "70000", "source": "desk"}


@pytest.fixture
def clerk(db: None) -> Client:
    bank.open_bank()
    return signed_in(*EVERYTHING)


def test_a_price_is_set_and_the_rate_follows(clerk: Client) -> None:
    assert clerk.post("/rates/price/", PRICE).status_code == 303
    page = page_of(clerk, "/rates/")
    assert "70,000" in page
    assert "btc_usd" in page
    assert "70,000" in page_of(clerk, "/assets/btc/")
    assert "set prices" in page_of(clerk, "/rates/timeline/")


def test_a_wrong_price_is_said_next_to_its_field(clerk: Client) -> None:
    for wrong, said in (({"price": "0"}, "reater than 0"), ({"quoteAssetId": "btc"}, "Must differ"), ({"source": ""}, "This is needed")):
        refused = clerk.post("/rates/price/", PRICE | wrong)
        assert refused.status_code == 400
        assert said in refused.content.decode()


def test_assets_without_a_rate_are_named(clerk: Client) -> None:
    assert "1 asset has no rate" in page_of(clerk, "/rates/")


def test_the_root_asset_is_chosen_once(clerk: Client) -> None:
    refused = clerk.post("/rates/root/", {"assetId": "btc"})
    assert refused.status_code == 400
    assert back_api().rates.root(bank.OWNER).asset_id == "usd"  # type: ignore[union-attr]


def test_who_may_only_look_sets_nothing(clerk: Client) -> None:
    viewer = signed_in(*VIEWER, name="Vera Viewer")
    assert "This needs the operation manage-assets" in page_of(viewer, "/rates/")
    assert viewer.post("/rates/price/", PRICE).status_code == 403
