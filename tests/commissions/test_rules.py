"""Rules of a profile: in priority order without gaps, each market and group once, the default one last for ever."""

from decimal import Decimal
from typing import Any

import pytest

from backoffice.contracts.commissions import NewRule, NewRuleDraft, RuleCheck, RulePriority, RuleTarget
from backoffice.contracts.errors import Invalid, NotFound, Stale
from backoffice.services import BackApi
from tests.api.callers import OWNER
from tests.commissions.conftest import add_rule, change_rule, fee, listed

GOLD, YEN, SPOT = "cfd.xau_usd", "cfd.eur_jpy", "spot.btc_usd"


def default_rule(api: BackApi) -> str:
    return api.commission_rules.find(OWNER, "default").value[-1].commission_profile_rule_id


def refused(act: Any, *args: Any, **kwargs: Any) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        act(*args, **kwargs)
    return refusal.value


def test_a_fresh_desk_has_one_rule_that_charges_nothing(api: BackApi) -> None:
    [rule] = api.commission_rules.find(OWNER, "default").value
    assert (rule.priority, rule.is_default, rule.market_id, rule.commission_profile_name) == (1, True, None, "Default")
    assert rule.fee_settings == fee("0", "0")


def test_a_new_rule_comes_behind_the_others_and_before_the_default_one(api: BackApi) -> None:
    for target in ("metals", GOLD):
        add_rule(target)
    assert listed() == [(1, "metals"), (2, GOLD), (3, "default")]
    names = [(rule.market_name, rule.market_group_name) for rule in api.commission_rules.find(OWNER, "default").value]
    assert names == [(None, "Metals"), ("XAU/USD", None), (None, None)]


def test_a_new_rule_with_a_priority_pushes_the_others_down(api: BackApi) -> None:
    for target in ("metals", "fx"):
        add_rule(target)
    add_rule(GOLD, priority=2)
    assert listed() == [(1, "metals"), (2, GOLD), (3, "fx"), (4, "default")]
    assert refused(add_rule, SPOT, priority=5).fields == {"commissionProfileRule.priority": ["must be from 1 to 4"]}


def test_a_new_rule_may_bring_the_priorities_of_the_others(api: BackApi) -> None:
    metals, fx = add_rule("metals"), add_rule("fx")
    draft = NewRuleDraft(market_id=GOLD, fee_settings=fee(), priority=1)
    others = [RulePriority(commission_profile_rule_id=metals, priority=3), RulePriority(commission_profile_rule_id=fx, priority=2)]
    api.commission_rules.create(OWNER, "default", NewRule(commission_profile_rule=draft, priorities=others))
    assert listed() == [(1, GOLD), (2, "fx"), (3, "metals"), (4, "default")]


def test_deleting_closes_the_gap(api: BackApi) -> None:
    first = add_rule("metals")
    add_rule("fx")
    api.commission_rules.delete(OWNER, "default", first)
    assert listed() == [(1, "fx"), (2, "default")]


def test_priorities_exchange_all_at_once(api: BackApi) -> None:
    ids = [add_rule(target) for target in ("metals", "fx", GOLD)]
    turned = [RulePriority(commission_profile_rule_id=id, priority=number) for id, number in zip(ids, (3, 1, 2), strict=True)]
    api.commission_rules.set_priorities(OWNER, "default", turned)
    assert listed() == [(1, "fx"), (2, GOLD), (3, "metals"), (4, "default")]


def test_stale_priorities_say_what_has_changed(api: BackApi) -> None:
    kept, new = add_rule("metals"), add_rule("fx")
    gone = "11111111-1111-4111-8111-111111111111"
    wanted = [RulePriority(commission_profile_rule_id=id, priority=number) for number, id in enumerate((kept, gone), start=1)]
    refusal = refused(api.commission_rules.set_priorities, OWNER, "default", wanted)
    assert refusal.code == "stale_priorities"
    assert refusal.fields == {"body": [f"{gone} is not there any more", f"{new}, now of priority 2, is missing"]}
    assert listed() == [(1, "metals"), (2, "fx"), (3, "default")]


@pytest.mark.parametrize(("numbers", "reason"), [((1, 1), "must be 1 to 2, each once"), ((2, 3), "must be 1 to 2, each once")])
def test_priorities_are_a_permutation(api: BackApi, numbers: tuple[int, int], reason: str) -> None:
    ids = add_rule("metals"), add_rule("fx")
    wanted = [RulePriority(commission_profile_rule_id=id, priority=number) for id, number in zip(ids, numbers, strict=True)]
    refusal = refused(api.commission_rules.set_priorities, OWNER, "default", wanted)
    assert (refusal.code, refusal.fields) == ("invalid", {"body": [reason]})


def test_the_default_rule_has_no_place_among_priorities(api: BackApi) -> None:
    rule = add_rule("metals")
    wanted = [RulePriority(commission_profile_rule_id=id, priority=n) for n, id in enumerate((rule, default_rule(api)), start=1)]
    assert refused(api.commission_rules.set_priorities, OWNER, "default", wanted).code == "stale_priorities"


def test_a_change_may_bring_priorities(api: BackApi) -> None:
    first, second = add_rule("metals"), add_rule("fx")
    priorities = [RulePriority(commission_profile_rule_id=id, priority=number) for id, number in ((first, 2), (second, 1))]
    change_rule(first, GOLD, fee("0.2"), priorities=priorities)
    assert listed() == [(1, "fx"), (2, GOLD), (3, "default")]
    assert api.commission_rules.get(OWNER, "default", first).value.fee_settings.spot.size == Decimal("0.2")
    assert refused(change_rule, first, GOLD, priorities=priorities[:1]).code == "stale_priorities"


def test_of_the_default_rule_only_the_fee_changes(api: BackApi) -> None:
    default = default_rule(api)
    change_rule(default, None, fee("0.3"))
    assert api.commission_rules.get(OWNER, "default", default).value.fee_settings.spot.size == Decimal("0.3")
    assert refused(change_rule, default, "metals").code == "default_rule"
    assert refused(api.commission_rules.delete, OWNER, "default", default).code == "default_rule"


def test_a_market_or_a_group_stands_once_in_a_profile(api: BackApi) -> None:
    add_rule("metals")
    other = add_rule(GOLD)
    twice = {"commissionProfileRule.marketGroupId": ["the rule of priority 1 names it already"]}
    assert refused(add_rule, "metals").fields == twice
    assert refused(change_rule, other, "metals").fields == twice


def test_a_rule_names_a_market_or_a_group(api: BackApi) -> None:
    both = NewRuleDraft(market_id=GOLD, market_group_id="metals", fee_settings=fee())
    neither = NewRuleDraft(fee_settings=fee())
    for draft, field in ((both, "marketGroupId"), (neither, "marketId")):
        refusal = refused(api.commission_rules.create, OWNER, "default", NewRule(commission_profile_rule=draft))
        assert list(refusal.fields) == [f"commissionProfileRule.{field}"]
    assert refused(add_rule, "cfd.no_market").fields == {"commissionProfileRule.marketId": ["there is no market cfd.no_market"]}
    assert refused(add_rule, "no-group").fields == {"commissionProfileRule.marketGroupId": ["there is no market group no-group"]}


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        (fee("-0.1"), "spot.size", "must be from 0 to 100 percent"),
        (fee("100.1"), "spot.size", "must be from 0 to 100 percent"),
        (fee("0.00001"), "spot.size", "has more than 4 decimal places"),
        (fee(cfd="0.00001"), "cfd.size", "has more than 4 decimal places"),
        (fee(cfd="101"), "cfd.size", "must be from 0 to 100 percent"),
        (fee(lot="1.005"), "cfd.size", "has more than the 2 decimal places of usd"),
        (fee(lot="0.5", asset="jpy"), "cfd.size", "has more than the 0 decimal places of jpy"),
        (fee(lot="-1"), "cfd.size", "must not be negative"),
        (fee(lot="1", asset="nope"), "cfd.assetId", "there is no asset nope"),
        (fee(least="0.001"), "minFeeRAT", "has more than the 2 decimal places of usd"),
        (fee(least="-1"), "minFeeRAT", "must not be negative"),
    ],
)
def test_fees_keep_their_limits(api: BackApi, wrong: Any, field: str, reason: str) -> None:
    expected = {f"commissionProfileRule.feeSettings.{field}": [reason]}
    assert refused(add_rule, "metals", wrong).fields == expected
    assert refused(change_rule, default_rule(api), None, wrong).fields == expected


def test_a_fee_per_lot_is_in_the_root_asset_unless_it_says_otherwise(api: BackApi) -> None:
    given = [("metals", None), ("fx", "usd"), (GOLD, "eur")]
    rules = [add_rule(target, fee(lot="2", asset=asset)) for target, asset in given]
    assert [api.commission_rules.get(OWNER, "default", rule).value.fee_settings.cfd.asset_id for rule in rules] == ["usd", "usd", "eur"]


def test_validations_answer_and_change_nothing(api: BackApi) -> None:
    metals, fx = add_rule("metals"), add_rule("fx")
    before = listed()

    def check(rule: str, **target: str) -> None:
        api.commission_rules.validate_update(OWNER, "default", rule, RuleCheck(commission_profile_rule=RuleTarget(**target)))

    check(metals, market_id=GOLD)
    check(metals, market_group_id="metals")
    check(default_rule(api))
    api.commission_rules.validate_delete(OWNER, "default", fx)
    assert refused(check, metals, market_group_id="fx").fields == {"commissionProfileRule.marketGroupId": ["the rule of priority 2 names it already"]}
    assert refused(check, default_rule(api), market_id=GOLD).code == "default_rule"
    assert refused(api.commission_rules.validate_delete, OWNER, "default", default_rule(api)).code == "default_rule"
    assert listed() == before


def test_versions_tell_of_changes(api: BackApi) -> None:
    def version() -> int:
        return api.commission_rules.find(OWNER, "default").version

    start = version()
    rule = add_rule("metals")
    assert version() == start + 1
    assert api.commission_rules.get(OWNER, "default", rule).version == 1
    add_rule("fx", priority=1)
    assert api.commission_rules.get(OWNER, "default", rule).version == 1  # pushed down, and the same rule still
    change_rule(rule, "metals", fee("0.5"), version=1)
    assert (version(), api.commission_rules.get(OWNER, "default", rule).version) == (start + 3, 2)
    change_rule(rule, "metals", fee("0.50"))
    assert version() == start + 3
    for act in (
        lambda: change_rule(rule, "metals", version=1),
        lambda: api.commission_rules.delete(OWNER, "default", rule, version=1),
        lambda: add_rule(GOLD, version=start),
        lambda: api.commission_rules.set_priorities(OWNER, "default", [], version=start),
    ):
        with pytest.raises(Stale):
            act()


def test_each_changed_rule_is_in_the_trail(api: BackApi, trail: Any) -> None:
    first = add_rule("metals")
    second = add_rule("fx", fee("0.2", lot="3", asset="eur"), priority=1)
    made, pushed = (trail("commission_rule", id) for id in (second, first))
    assert made[-1] == ({}, made[-1][1])
    assert (
        made[-1][1].items()
        >= {"profileId": "default", "priority": "1", "marketGroupId": "fx", "fee.spot.size": "0.2", "fee.cfd.assetId": "eur"}.items()
    )
    assert pushed[-1] == ({"priority": "1"}, {"priority": "2"})


def test_what_is_not_there_is_not_found(api: BackApi) -> None:
    rule = add_rule("metals")
    for act in (
        lambda: api.commission_rules.find(OWNER, "nobody"),
        lambda: api.commission_rules.get(OWNER, "nobody", rule),
        lambda: api.commission_rules.get(OWNER, "default", "no-rule"),
        lambda: api.commission_rules.delete(OWNER, "default", "no-rule"),
        lambda: api.commission_rules.validate_delete(OWNER, "nobody", rule),
        lambda: api.commission_rules.set_priorities(OWNER, "nobody", []),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_market_group_with_rules_stays(api: BackApi) -> None:
    add_rule("empty")
    with pytest.raises(Invalid) as refusal:
        api.market_groups.delete(OWNER, "empty")
    assert refusal.value.code == "market_group_has_commission_rules"


def test_a_list_costs_the_same_however_long_it_is(api: BackApi, django_assert_num_queries: Any) -> None:
    add_rule("metals")
    add_rule(GOLD)
    with django_assert_num_queries(6):
        api.commission_rules.find(OWNER, "default")
    for target in ("fx", "empty", YEN, SPOT):
        add_rule(target)
    with django_assert_num_queries(6):
        api.commission_rules.find(OWNER, "default")
