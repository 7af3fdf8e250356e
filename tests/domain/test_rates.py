"""Rates: chosen by one rule out of any prices, exact, and worked out anew with every price."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.contracts.rates import NewPrice
from backoffice.core.models import AuditChange, AuditRecord
from backoffice.markets import worth
from backoffice.markets.worth import Quoted
from backoffice.services import BackApi
from tests.domain.conftest import DEALER, STRANGER, person

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def quoted(price: str, *, source: str = "LP", age: int = 0) -> Quoted:
    return Quoted(Decimal(price), source, AT - timedelta(seconds=age))


def prices(**named: str) -> dict[tuple[str, str], Quoted]:
    """`btc_usd="64000"`."""
    return {(pair.split("_")[0], pair.split("_")[1]): quoted(price) for pair, price in named.items()}


def chosen(asset: str, found: dict[tuple[str, str], Quoted]) -> tuple[str, str] | None:
    worth_of = worth.of(asset, "usd", found)
    return worth_of and (str(worth_of.rate), worth_of.path)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"btc_usd": "64000.5"}, ("64000.5", "btc_usd")),
        ({"usd_btc": "0.00002"}, ("50000", "1/usd_btc")),
        ({"usd_btc": "3"}, ("0.333333333333333333", "1/usd_btc")),
        ({"btc_usd": "1", "usd_btc": "3"}, ("1", "btc_usd")),
        ({"usd_btc": "4", "btc_eur": "9", "eur_usd": "9"}, ("0.25", "1/usd_btc")),
        ({"btc_usdt": "60000", "usdt_usd": "0.9995"}, ("59970", "btc_usdt x usdt_usd")),
        ({"usdt_btc": "0.00002", "usd_usdt": "0.8"}, ("62500", "1/usdt_btc x 1/usd_usdt")),
        ({"btc_usdt": "2", "usdt_usd": "2", "btc_eur": "3", "eur_usd": "3"}, ("9", "btc_eur x eur_usd")),
        ({"btc_eur": "3", "eur_usd": "3", "usd_eur": "5", "eur_btc": "5"}, ("9", "btc_eur x eur_usd")),
        ({"btc_eur": "3", "eur_chf": "3", "chf_usd": "3"}, None),
        ({"eth_usd": "3"}, None),
        ({"usd_btc": "9999999999999999999"}, None),
        ({"btc_eur": "99999999999", "eur_usd": "99999999999"}, None),
    ],
)
def test_the_path_is_chosen_by_one_rule(known: dict[str, str], expected: tuple[str, str] | None) -> None:
    assert chosen("btc", prices(**known)) == expected


def test_a_path_is_as_old_as_its_oldest_price_and_tells_both_sources() -> None:
    found = worth.of("btc", "usd", {("btc", "eur"): quoted("2", source="LP Two", age=60), ("eur", "usd"): quoted("3", source="ECB", age=5)})
    assert found == worth.Worth(Decimal(6), "btc_eur x eur_usd", "ECB + LP Two", AT - timedelta(seconds=60))


def test_the_root_asset_is_worth_one_of_itself() -> None:
    assert worth.of_all(["usd", "btc", "eur"], "usd", prices(btc_usd="7"), now=AT) == {
        "usd": worth.Worth(Decimal(1), "usd", "", AT),
        "btc": worth.Worth(Decimal(7), "btc_usd", "LP", AT),
    }


PRICE = st.decimals(min_value="1e-9", max_value="1e9", places=9)


@settings(deadline=None, database=None, derandomize=True)
@given(st.dictionaries(st.tuples(st.sampled_from("abcu"), st.sampled_from("abcu")).filter(lambda pair: pair[0] != pair[1]), PRICE), st.randoms())
def test_a_rate_is_the_exact_product_rounded_once_whatever_the_order_of_prices(known: dict[Any, Decimal], shuffled: Any) -> None:
    found = {pair: Quoted(price, "x", AT) for pair, price in known.items()}
    mixed = list(found.items())
    shuffled.shuffle(mixed)
    for asset in "abc":
        rate = worth.of(asset, "u", found)
        assert rate == worth.of(asset, "u", dict(mixed))
        if rate is None:
            continue
        exact = Fraction(1)
        for leg in rate.path.split(" x "):
            pair = tuple(leg.removeprefix("1/").split("_"))
            exact *= 1 / Fraction(known[pair]) if leg.startswith("1/") else Fraction(known[pair])
        assert abs(Fraction(rate.rate) - exact) <= Fraction(1, 2 * 10**18)


def new(base: str, quote: str, price: str, **more: Any) -> NewPrice:
    return NewPrice(base_asset_id=base, quote_asset_id=quote, price=Decimal(price), source="tests", **more)


def rate(api: BackApi, asset: str) -> Decimal | None:
    return next(found.rate for found in api.rates.find(DEALER) if found.asset_id == asset)


def test_there_is_no_rate_before_a_root_asset_is_chosen(api: BackApi) -> None:
    api.rates.set_prices(DEALER, [new("btc", "usd", "64000"), new("eur", "usd", "1.08")])
    assert api.rates.root(DEALER) is None
    assert {found.rate for found in api.rates.find(DEALER)} == {None}
    api.rates.set_root(DEALER, "usd")
    assert (rate(api, "usd"), rate(api, "btc"), rate(api, "xau")) == (1, 64000, None)


def test_every_change_of_a_price_moves_what_follows_from_it(api: BackApi) -> None:
    api.rates.set_root(DEALER, "usd")
    api.rates.set_prices(DEALER, [new("btc", "eur", "50000"), new("eur", "usd", "1.1")])
    assert rate(api, "btc") == 55000
    api.rates.set_prices(DEALER, [new("eur", "usd", "1.2")])
    assert rate(api, "btc") == 60000
    api.rates.set_prices(DEALER, [new("btc", "usd", "61000")])
    assert (rate(api, "btc"), rate(api, "eur")) == (61000, Decimal("1.2"))
    assert [(price.base_asset_id, price.quote_asset_id, price.price) for price in api.rates.prices(DEALER)] == [
        ("btc", "eur", 50000),
        ("btc", "usd", 61000),
        ("eur", "usd", Decimal("1.2")),
    ]


def test_one_call_leaves_one_record_of_what_it_changed(api: BackApi) -> None:
    api.rates.set_prices(DEALER, [new("btc", "usd", "64000"), new("eur", "usd", "1.1")])
    api.rates.set_prices(DEALER, [new("btc", "usd", "64000"), new("eur", "usd", "1.2")])
    change = AuditChange.objects.latest("id")
    assert (change.object_type, change.before, change.after) == ("rates", {"eur_usd": "1.1"}, {"eur_usd": "1.2"})
    assert AuditRecord.objects.filter(action="rates.set_prices").count() == 2


def test_a_late_price_does_not_push_out_a_newer_one(api: BackApi) -> None:
    now = timezone.now()
    api.rates.set_root(DEALER, "usd")
    api.rates.set_prices(DEALER, [new("btc", "usd", "2", at=now)])
    api.rates.set_prices(DEALER, [new("btc", "usd", "1", at=now - timedelta(seconds=1))])
    assert rate(api, "btc") == 2


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        (new("btc", "nope", "1"), "[0].quoteAssetId"),
        (new("nope", "usd", "1"), "[0].baseAssetId"),
        (new("usd", "usd", "1"), "[0].quoteAssetId"),
        (new("btc", "usd", "0"), "[0].price"),
        (new("btc", "usd", "-1"), "[0].price"),
        (new("btc", "usd", "NaN"), "[0].price"),
        (new("btc", "usd", "Infinity"), "[0].price"),
        (new("btc", "usd", "1e-19"), "[0].price"),
        (new("btc", "usd", "1e20"), "[0].price"),
        (new("btc", "usd", "1", at=AT + timedelta(days=9_000)), "[0].at"),
        (NewPrice(base_asset_id="btc", quote_asset_id="usd", price=Decimal(1), source=""), "[0].source"),
        (NewPrice(base_asset_id="btc", quote_asset_id="usd", price=Decimal(1), source="x\ny"), "[0].source"),
    ],
    ids=lambda value: None,
)
def test_an_odd_price_is_refused_and_so_are_those_beside_it(api: BackApi, odd: NewPrice, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        api.rates.set_prices(DEALER, [odd, new("eur", "usd", "1.1")])
    assert list(refused.value.fields) == [field]
    assert api.rates.prices(DEALER) == []


def test_a_pair_twice_is_refused(api: BackApi) -> None:
    with pytest.raises(Invalid) as refused:
        api.rates.set_prices(DEALER, [new("btc", "usd", "1"), new("btc", "usd", "2")])
    assert refused.value.fields == {"[1].quoteAssetId": ["this pair is given twice"]}


def test_the_root_asset_is_chosen_once(api: BackApi) -> None:
    with pytest.raises(NotFound):
        api.rates.set_root(DEALER, "nope")
    api.rates.set_root(DEALER, "usd")
    api.rates.set_root(DEALER, "usd")
    with pytest.raises(Invalid) as refused:
        api.rates.set_root(DEALER, "eur")
    assert refused.value.code == "root_asset_fixed"
    assert AuditRecord.objects.filter(action="rates.set_root").count() == 2


def test_the_command_chooses_and_puts_in_place_only_by_force(api: BackApi) -> None:
    api.rates.set_prices(DEALER, [new("eur", "usd", "1.25")])
    call_command("set_root_asset", "usd", stdout=StringIO())
    with pytest.raises(CommandError, match="stays it"):
        call_command("set_root_asset", "eur")
    call_command("set_root_asset", "eur", "--force", stdout=StringIO())
    assert (rate(api, "usd"), rate(api, "eur")) == (Decimal("0.8"), 1)


def test_prices_are_set_only_with_the_right(api: BackApi) -> None:
    support = person("support", "view-common")
    for ask in (lambda: api.rates.set_prices(support, []), lambda: api.rates.set_root(support, "usd"), lambda: api.rates.find(STRANGER)):
        with pytest.raises(NotPermitted):
            ask()
