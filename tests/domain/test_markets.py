"""A market is created, changed and refused by the rules of its type."""

from decimal import Decimal

import msgspec
import pytest

from backoffice.contracts.errors import Invalid, NotFound, NotPermitted, Stale
from backoffice.contracts.markets import Market, MarketQuery, MarketSettings, MarketSort, PositionSwap, SwapSettings
from backoffice.services import BackApi
from tests.domain.conftest import DEALER, STRANGER, cfd, person, spot


def settings_of(market: Market, **changes: object) -> MarketSettings:
    """What a form would send back for this market, with changes."""
    same = {name: getattr(market, name) for name in MarketSettings.__struct_fields__ if hasattr(market, name)}
    same["trading_session_ids"] = [session.id for session in market.trading_sessions]
    same["market_data_session_ids"] = [session.id for session in market.market_data_sessions]
    return MarketSettings(**{**same, **changes})


def test_a_created_market_reads_back_as_it_was_sent(api: BackApi) -> None:
    draft = cfd(trading_session_ids=["lp-trading"], market_group_id="majors", full_name="Gold, spot")
    assert api.markets.create(DEALER, draft).market_id == "cfd.xau_usd"
    found = api.markets.get(DEALER, "cfd.xau_usd")
    assert found.version == 1
    assert found.value.min_lot_amount == Decimal("0.01")
    assert found.value.calendar_name == "Berlin"
    assert [session.name for session in found.value.trading_sessions] == ["LP Trading"]


def test_who_lacks_the_operation_cannot(api: BackApi) -> None:
    with pytest.raises(NotPermitted, match="manage-markets"):
        api.markets.create(person("reader", "view-common"), cfd())
    with pytest.raises(NotPermitted, match="view-common"):
        api.markets.names(STRANGER)


def test_without_a_calendar_a_market_is_disabled_whatever_was_asked(api: BackApi) -> None:
    api.markets.create(DEALER, cfd(calendar_id=None, status="Open"))
    assert api.markets.get(DEALER, "cfd.xau_usd").value.status == "Disabled"


def test_losing_the_calendar_disables_an_open_market(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    market = api.markets.get(DEALER, "cfd.xau_usd").value
    api.markets.update(DEALER, "cfd.xau_usd", settings_of(market, calendar_id=None))
    assert api.markets.get(DEALER, "cfd.xau_usd").value.status == "Disabled"


@pytest.mark.parametrize(
    ("draft", "field", "reason"),
    [
        (spot("xau", "usd"), "baseAssetId", "internal asset"),
        (spot("usd", "usd"), "quoteAssetId", "must differ"),
        (spot("nope", "usd"), "baseAssetId", "no asset nope"),
        (spot(lot_size=1), "lotSize", "only for Cfd and Perp"),
        (spot(swap_settings=SwapSettings(type="Points")), "swapType", "only for Cfd"),
        (spot(min_amount=Decimal("0.0000001")), "minAmount", "amount scale of 6"),
        (spot(min_amount=Decimal("NaN")), "minAmount", "finite"),
        (spot(max_base_amount=Decimal("0.0001")), "maxBaseAmount", "less than the minimum"),
        (cfd(display_name="GOLD (SPOT)"), "displayName", "Latin letters"),
        (cfd(price_scale=1), "priceScale", "2 to 8"),
        (cfd(price_deviation=Decimal("0.00001")), "priceDeviation", "4 decimal places"),
        (cfd(price_deviation=Decimal("1.5")), "priceDeviation", "0 to 1"),
        (cfd(tick_size=Decimal("0.001")), "tickSize", "price scale of 2"),
        (cfd(min_lot_amount=Decimal("0.015")), "minLotAmount", "multiple of the lot step"),
        (cfd(max_lot_amount=None), "maxLotAmount", "before a Cfd market leaves Disabled"),
        (cfd(amount_scale=2), "amountScale", "only for Spot"),
        (cfd(external_ttl=0), "externalTtl", "1 to 600000"),
        (cfd(market_group_id="nope"), "marketGroupId", "no market group nope"),
        (cfd(trading_session_ids=["lp-marketdata"]), "tradingSessionIds", "no such liquidity session"),
        (cfd(swap_settings=SwapSettings(type="Fix", long_position_settings=PositionSwap(swap_size=Decimal(1)))), "swapLongAssetId", "swap type Fix"),
        (cfd(swap_settings=SwapSettings(type="Points", long_position_settings=PositionSwap(swap_size=Decimal(1)))), "swapShortSize", "is required"),
    ],
)
def test_a_market_that_breaks_a_rule_is_refused_by_field(api: BackApi, draft: object, field: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        api.markets.create(DEALER, draft)  # type: ignore[arg-type]
    assert reason in refused.value.fields[field][0]
    assert api.markets.names(DEALER) == []


def test_every_fault_is_named_at_once(api: BackApi) -> None:
    with pytest.raises(Invalid) as refused:
        api.markets.create(DEALER, spot(price_scale=9, display_name="", calendar_id="nope"))
    assert set(refused.value.fields) == {"priceScale", "displayName", "calendarId"}


def test_a_second_market_of_the_same_id_or_display_name_is_refused(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    with pytest.raises(Invalid, match="exists already"):
        api.markets.create(DEALER, cfd(display_name="OTHER"))
    with pytest.raises(Invalid) as refused:
        api.markets.create(DEALER, cfd("btc", "usd", display_name="XAU/USD"))
    assert refused.value.fields["displayName"] == ["is the display name of cfd.xau_usd"]


def test_perpetual_is_read_as_perp(api: BackApi) -> None:
    draft = msgspec.structs.replace(cfd("btc", "usd"), type="Perpetual")
    assert api.markets.create(DEALER, draft).market_id == "perp.btc_usd"


def test_a_change_made_on_an_old_version_is_refused_and_changes_nothing(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    market = api.markets.get(DEALER, "cfd.xau_usd").value
    api.markets.update(DEALER, "cfd.xau_usd", settings_of(market, status="Paused"), version=1)
    with pytest.raises(Stale) as refused:
        api.markets.update(DEALER, "cfd.xau_usd", settings_of(market, status="Halted"), version=1)
    assert refused.value.version == 2
    assert api.markets.get(DEALER, "cfd.xau_usd").value.status == "Paused"


def test_saving_without_a_difference_changes_no_version(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    api.markets.update(DEALER, "cfd.xau_usd", settings_of(api.markets.get(DEALER, "cfd.xau_usd").value))
    assert api.markets.get(DEALER, "cfd.xau_usd").version == 1


def test_an_absent_market_is_not_found(api: BackApi) -> None:
    with pytest.raises(NotFound):
        api.markets.get(DEALER, "cfd.nope_usd")


def test_pages_in_every_sort_neither_repeat_nor_skip(api: BackApi) -> None:
    for base, quote in (("xau", "usd"), ("btc", "usd"), ("eur", "usd"), ("btc", "eur"), ("xau", "eur")):
        api.markets.create(DEALER, cfd(base, quote, full_name="Same" if base == "btc" else None))
    everything = {market.market_id for market in api.markets.names(DEALER)}
    for field in ("MarketId", "DisplayName", "FullName", "Type", "Subtype", "Status", "CreatedAt", "UpdatedAt"):
        for direction in ("Asc", "Desc"):
            query = MarketQuery(limit=2, sort=MarketSort(field=field, direction=direction))  # type: ignore[arg-type]
            seen: list[str] = []
            while True:
                page = api.markets.find(DEALER, query)
                assert page.total == len(everything)
                seen += [market.market_id for market in page.items]
                if page.next is None:
                    break
                query = msgspec.structs.replace(query, after=page.next)
            assert len(seen) == len(everything)
            assert set(seen) == everything


def test_filters_are_anded_between_fields_and_ored_within(api: BackApi) -> None:
    api.markets.create(DEALER, cfd(market_group_id="majors", trading_session_ids=["lp-trading"]))
    api.markets.create(DEALER, cfd("eur", "usd", calendar_id=None))
    api.markets.create(DEALER, spot())

    def ids(**wanted: object) -> list[str]:
        return [market.market_id for market in api.markets.find(DEALER, MarketQuery(**wanted)).items]  # type: ignore[arg-type]

    assert ids(types=["Cfd"], statuses=["Open"]) == ["cfd.xau_usd"]
    assert ids(base_asset_ids=["xau", "btc"]) == ["cfd.xau_usd", "spot.btc_usd"]
    assert ids(exclude_market_group_ids=["majors"]) == ["cfd.eur_usd", "spot.btc_usd"]
    assert ids(trading_session_names=["LP Trading"], trading_session_status="Disconnected") == ["cfd.xau_usd"]
    assert ids(has_calendar=False) == ["cfd.eur_usd"]
    assert ids(search="BTC/") == ["spot.btc_usd"]
    assert ids(search="EURUSD") == ids(search="eur usd") == ids(search="EUR-USD") == ["cfd.eur_usd"]
    assert ids(search="/") == ["cfd.eur_usd", "cfd.xau_usd", "spot.btc_usd"]
    assert ids(market_id="%") == []


@pytest.mark.parametrize("wanted", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"after": "rubbish"}, {"after": "W10="}])
def test_a_query_out_of_bounds_is_refused(api: BackApi, wanted: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        api.markets.find(DEALER, MarketQuery(**wanted))  # type: ignore[arg-type]
