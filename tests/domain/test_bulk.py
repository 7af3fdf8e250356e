"""A bulk change is seen first and then made for all markets or for none."""

import pytest

from backoffice.contracts.errors import Invalid, NotFound, Stale
from backoffice.contracts.markets import FieldChange, MarketPatch
from backoffice.services import BackApi
from tests.domain.conftest import DEALER, cfd, spot


def test_a_preview_shows_each_change_and_fault_and_changes_nothing(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    api.markets.create(DEALER, spot())
    gold, bitcoin = api.markets.preview(DEALER, ["cfd.xau_usd", "spot.btc_usd"], MarketPatch(max_leverage=10))
    assert gold.changes == [FieldChange(field="maxLeverage", before="20", after="10")]
    assert gold.errors == {}
    assert bitcoin.errors == {"maxLeverage": ["is only for Cfd and Perp markets"]}
    assert api.markets.get(DEALER, "cfd.xau_usd").value.max_leverage == 20


def test_a_patch_changes_all_and_leaves_the_rest_alone(api: BackApi) -> None:
    api.markets.create(DEALER, cfd(market_group_id="majors"))
    api.markets.create(DEALER, spot())
    assert api.markets.patch(DEALER, {"cfd.xau_usd": 1, "spot.btc_usd": 1}, MarketPatch(status="Paused")) == 2
    assert api.markets.get(DEALER, "cfd.xau_usd").value.market_group_id == "majors"
    assert api.markets.patch(DEALER, {"cfd.xau_usd": 2, "spot.btc_usd": 2}, MarketPatch(status="Paused")) == 0


def test_one_stale_or_invalid_market_stops_all(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    api.markets.create(DEALER, spot())
    with pytest.raises(Stale):
        api.markets.patch(DEALER, {"cfd.xau_usd": 1, "spot.btc_usd": 2}, MarketPatch(status="Halted"))
    with pytest.raises(Invalid) as refused:
        api.markets.patch(DEALER, {"cfd.xau_usd": 1, "spot.btc_usd": 1}, MarketPatch(max_leverage=10))
    assert list(refused.value.fields) == ["spot.btc_usd.maxLeverage"]
    with pytest.raises(NotFound):
        api.markets.patch(DEALER, {"cfd.xau_usd": 1, "cfd.nope_usd": 1}, MarketPatch(status="Halted"))
    assert api.markets.get(DEALER, "cfd.xau_usd").version == 1
