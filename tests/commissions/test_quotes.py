"""Quotes: the fee by live rates, the assignment and the rule that won and all that lost, and arithmetic to follow by hand."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from backoffice.commissions import quote as fees
from backoffice.contracts.commission_quotes import CommissionQuote, QuoteRequest
from backoffice.contracts.commissions import NewCommissionProfile
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.services import BackApi
from tests.api.callers import OWNER, Caller
from tests.commissions.conftest import add_rule, assign, fee

GOLD, YEN, SPOT, EURO, LINK = "cfd.xau_usd", "cfd.eur_jpy", "spot.btc_usd", "spot.btc_eur", "spot.btc_link"


def quote(api: BackApi, account: str, market: str, *, price: str, **size: str) -> CommissionQuote:
    sizes = {name: Decimal(value) for name, value in size.items()}
    return api.commission_quotes.quote(OWNER, QuoteRequest(account_id=account, market_id=market, side="Buy", price=Decimal(price), **sizes))


def refused(*args: Any, **kwargs: Any) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        quote(*args, **kwargs)
    return refusal.value


def test_spot_pays_in_the_quote_asset(api: BackApi, accounts: dict[str, str]) -> None:
    add_rule(EURO, fee("0.1"))
    found = quote(api, accounts["anna"], EURO, amount="0.123", price="51234.56")
    # 0.123 x 51234.56 = 6301.85088, of which a thousandth is 6.30185088
    assert (found.fee, found.fee_asset_id, found.fee_in_rat, found.rate_to_root) == (Decimal("6.31"), "eur", Decimal("7.8875"), Decimal("1.25"))
    assert (found.calculated, found.is_floor_applied, found.floor) == (Decimal("6.30185088"), False, 0)
    assert found.arithmetic == [
        "0.123 x 51234.56 = 6301.85088 eur",
        "6301.85088 eur x 0.1 % = 6.30185088 eur",
        "charged, rounded up to 2 decimals: 6.31 eur",
        "in the root asset: 6.31 eur x 1.25 = 7.8875 usd",
    ]


def test_a_floor_is_converted_to_the_quote_asset_and_rounded_up(api: BackApi, accounts: dict[str, str]) -> None:
    add_rule(EURO, fee("0.1", least="7"))
    found = quote(api, accounts["anna"], EURO, amount="0.001", price="50000")
    assert (found.fee, found.floor, found.is_floor_applied) == (Decimal("5.6"), Decimal("5.6"), True)
    assert found.arithmetic[2] == "an order pays at least 7 usd / 1.25 = 5.6 eur, rounded up: more than its fee, so this is charged"


def test_cfd_by_volume_pays_in_the_root_asset(api: BackApi, accounts: dict[str, str]) -> None:
    add_rule("fx", fee(cfd="0.005"))
    found = quote(api, accounts["anna"], YEN, lots="0.5", price="163.2")
    # 50 x 163.2 = 8160 jpy, 0.005 % is 0.408 jpy; a yen is 1/150 of a dollar, rounded to 18 places
    assert (found.amount, found.lots, found.fee, found.fee_asset_id, found.fee_in_rat) == (
        50,
        Decimal("0.5"),
        Decimal("0.01"),
        "usd",
        Decimal("0.01"),
    )
    assert found.arithmetic[2] == f"0.408 jpy x 0.006666666666666667 = {found.calculated} usd"


def test_cfd_by_lot_pays_in_the_root_asset_whatever_its_size_is_in(api: BackApi, accounts: dict[str, str]) -> None:
    add_rule("metals", fee(lot="3.5", asset="eur"))
    found = quote(api, accounts["anna"], GOLD, amount="25", price="2641.35")
    assert (found.lots, found.fee, found.fee_asset_id) == (Decimal("0.25"), Decimal("1.10"), "usd")
    assert found.arithmetic == ["0.25 lots x 3.5 eur = 0.875 eur", "0.875 eur x 1.25 = 1.09375 usd", "charged, rounded up to 2 decimals: 1.1 usd"]


def test_it_tells_everything_that_was_tried(api: BackApi, accounts: dict[str, str]) -> None:
    api.commission_profiles.create(OWNER, NewCommissionProfile(name="VIP"))
    assign("default", user_id="anna")
    assign("vip", account_group_id="vip")
    for target in ("fx", GOLD, "metals"):
        add_rule(target, fee(lot="2"), profile="vip")
    found = quote(api, accounts["boris"], GOLD, lots="1", price="2600")
    assert [(one.priority, one.won, one.reason) for one in found.assignments] == [
        (1, False, "names another user"),
        (2, True, "names the group vip, which the account is in"),
        (3, False, "an assignment above it matched"),
    ]
    assert [(one.priority, one.won, one.reason) for one in found.rules] == [
        (1, False, "names the group fx; the market is in metals"),
        (2, True, "names this market"),
        (3, False, "a rule above it matched"),
        (4, False, "a rule above it matched"),
    ]
    winner = next(one for one in found.rules if one.won)
    assert (found.commission_profile_name, found.commission_profile_rule_id) == ("VIP", winner.commission_profile_rule_id)
    assert quote(api, accounts["anna"], GOLD, lots="1", price="2600").fee == 0


def test_without_a_rate_only_what_needs_none_is_quoted(api: BackApi, accounts: dict[str, str]) -> None:
    found = quote(api, accounts["anna"], LINK, amount="1", price="5000")
    assert (found.fee, found.fee_in_rat) == (0, None)
    add_rule(LINK, fee("0.1"))
    assert quote(api, accounts["anna"], LINK, amount="1", price="5000").fee == 5
    add_rule("cfd.btc_link", fee(cfd="0.01"))
    assert refused(api, accounts["anna"], "cfd.btc_link", lots="1", price="5000").code == "no_rate"
    add_rule("metals", fee(lot="1", asset="link"))
    assert refused(api, accounts["anna"], GOLD, lots="1", price="5000").code == "no_rate"


def test_a_floor_without_a_rate_cannot_be_told(api: BackApi, accounts: dict[str, str]) -> None:
    add_rule(LINK, fee("0.1", least="1"))
    assert refused(api, accounts["anna"], LINK, amount="1", price="5000").code == "no_rate"


@pytest.mark.parametrize(
    ("market", "price", "size", "field"),
    [
        (SPOT, "1", {}, "amount"),
        (GOLD, "1", {"amount": "1", "lots": "1"}, "amount"),
        (SPOT, "1", {"lots": "1"}, "lots"),
        (SPOT, "1", {"amount": "0"}, "amount"),
        (GOLD, "1", {"lots": "-1"}, "lots"),
        (SPOT, "0", {"amount": "1"}, "price"),
        (SPOT, "1", {"amount": "0.0000000000000000001"}, "amount"),
        (SPOT, "1e30", {"amount": "1"}, "price"),
    ],
)
def test_what_is_wrong_is_refused_by_field(api: BackApi, accounts: dict[str, str], market: str, price: str, size: dict[str, str], field: str) -> None:
    assert list(refused(api, accounts["anna"], market, price=price, **size).fields) == [field]


def test_unknown_accounts_and_markets_are_not_found(api: BackApi, accounts: dict[str, str]) -> None:
    for account, market in (("0" * 24, GOLD), (accounts["anna"], "cfd.no_market")):
        with pytest.raises(NotFound):
            quote(api, account, market, amount="1", price="1")


def test_it_costs_four_queries_however_many_rules_there_are(api: BackApi, accounts: dict[str, str], django_assert_num_queries: Any) -> None:
    quote(api, accounts["anna"], GOLD, lots="1", price="2600")
    for target in ("fx", GOLD, "metals", "empty", SPOT):
        add_rule(target)
    with django_assert_num_queries(4):
        quote(api, accounts["anna"], GOLD, lots="1", price="2600")


def test_the_explained_fee_is_the_charged_one_over_random_orders(api: BackApi, accounts: dict[str, str]) -> None:
    chance = Random(4)
    for number, target in enumerate(("metals", "fx", SPOT, EURO, LINK)):
        add_rule(target, fee(f"0.{number}7", f"0.0{number}3", f"{number}", lot="2.75" if number == 0 else None))
    for _ in range(200):
        market, account = chance.choice([GOLD, YEN, SPOT, EURO]), chance.choice(list(accounts.values()))
        size = Decimal(chance.randint(1, 10_000)) / chance.choice([1, 100])
        found = quote(api, account, market, amount=str(size), price=str(Decimal(chance.randint(1, 10**7)) / 100))
        terms = fees.Terms(market.startswith("spot"), found.fee_settings, 2)
        assert [found.fee] == fees.charges(terms, [fees.Fill(found.amount, found.price, found.lots, found.rate_to_root)])
        assert found.fee == max(fees.rounded_up(found.calculated, 2), found.floor)


def test_the_api_asks_for_the_operation_and_answers_decimals_as_text(api: BackApi, accounts: dict[str, str], caller: Any) -> None:
    body = {"accountId": accounts["anna"], "marketId": GOLD, "side": "Sell", "lots": "0.5", "price": "2641.35"}
    asking: Caller = caller("view-commission-rules")
    answer = asking.post("commission-quotes", body)
    assert (answer.status_code, answer.json()["fee"], answer.json()["rules"][0]["won"]) == (200, "0", True)
    assert caller("view-common").post("commission-quotes", body).status_code == 403
    assert asking.post("commission-quotes", body | {"side": "Unspecified"}).status_code == 400
