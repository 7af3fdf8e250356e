"""Commission profiles: one is the default for ever; one that is assigned stays; copies begin with the rules of another."""

from typing import Any

import pytest

from backoffice.contracts.commissions import CommissionProfileChange, NewCommissionProfile
from backoffice.contracts.errors import InUse, Invalid, NotFound, Stale
from backoffice.services import BackApi
from tests.api.callers import OWNER
from tests.commissions.conftest import add_rule, assign, change_rule, fee, listed


def make(api: BackApi, name: str, **more: Any) -> str:
    return api.commission_profiles.create(OWNER, NewCommissionProfile(name=name, **more)).commission_profile_id


def test_a_fresh_desk_has_the_default_profile_for_everybody(api: BackApi) -> None:
    [profile] = api.commission_profiles.find(OWNER)
    assert (profile.commission_profile_id, profile.name, profile.is_default, profile.rule_count, profile.assignment_count) == (
        "default",
        "Default",
        True,
        1,
        1,
    )


def test_a_profile_begins_with_a_default_rule_or_with_the_rules_of_another(api: BackApi) -> None:
    add_rule("metals", fee("0.2"))
    add_rule("fx", fee(lot="3"), priority=1)
    assert listed(make(api, "VIP clients")) == [(1, "default")]
    copy = make(api, "Partners", commission_profile_id="ib", copy_of="default")
    assert listed(copy) == listed() == [(1, "fx"), (2, "metals"), (3, "default")]
    ours, theirs = (api.commission_rules.find(OWNER, profile).value for profile in ("default", copy))
    assert [rule.fee_settings for rule in ours] == [rule.fee_settings for rule in theirs]
    assert not {rule.commission_profile_rule_id for rule in ours} & {rule.commission_profile_rule_id for rule in theirs}
    names = [(profile.commission_profile_id, profile.rule_count) for profile in api.commission_profiles.find(OWNER)]
    assert names == [("default", 3), ("ib", 3), ("vip-clients", 1)]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (NewCommissionProfile(name=""), "name"),
        (NewCommissionProfile(name="Default"), "name"),
        (NewCommissionProfile(name="Other", commission_profile_id="default"), "commissionProfileId"),
        (NewCommissionProfile(name="Other", commission_profile_id="No Slug"), "commissionProfileId"),
        (NewCommissionProfile(name="Other", copy_of="nobody"), "copyOf"),
    ],
)
def test_what_is_wrong_is_refused_by_field(api: BackApi, draft: NewCommissionProfile, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        api.commission_profiles.create(OWNER, draft)
    assert list(refused.value.fields) == [field]


def test_even_the_default_profile_may_be_renamed(api: BackApi, trail: Any) -> None:
    version = api.commission_profiles.get(OWNER, "default").version
    api.commission_profiles.update(OWNER, "default", CommissionProfileChange(name="Retail"), version=version)
    assert api.commission_profiles.get(OWNER, "default").value.name == "Retail"
    assert trail("commission_profile", "default")[-1] == ({"name": "Default"}, {"name": "Retail"})
    with pytest.raises(Stale):
        api.commission_profiles.update(OWNER, "default", CommissionProfileChange(name="Other"), version=version)


def test_the_version_of_a_profile_counts_its_rules(api: BackApi) -> None:
    version = api.commission_profiles.get(OWNER, "default").version
    rule = add_rule("metals")
    change_rule(rule, "metals", fee("0.3"))
    assert api.commission_profiles.get(OWNER, "default").version == version + 2


def test_the_default_profile_stays(api: BackApi) -> None:
    with pytest.raises(Invalid) as refused:
        api.commission_profiles.delete(OWNER, "default")
    assert refused.value.code == "default_profile"


def test_a_profile_in_use_names_who_has_it(api: BackApi, accounts: dict[str, str]) -> None:
    vip = make(api, "VIP")
    assign(vip, user_id="anna")
    only = assign(vip, account_group_id="vip")
    with pytest.raises(InUse, match="assigned to the user anna, the account group vip"):
        api.commission_profiles.delete(OWNER, vip)
    for assignment in (api.commission_assignments.find(OWNER).value[0].commission_assignment_id, only):
        api.commission_assignments.delete(OWNER, assignment)
    add_rule("metals", profile=vip)
    api.commission_profiles.delete(OWNER, vip)
    with pytest.raises(NotFound):
        api.commission_rules.find(OWNER, vip)


def test_coverage_tells_which_markets_fall_to_which_rule(api: BackApi) -> None:
    for target in ("cfd.xau_usd", "fx", "cfd.eur_jpy", "metals", "empty"):
        add_rule(target)
    found = api.commission_profiles.coverage(OWNER, "default")
    assert found.market_count == 6
    assert [(rule.market_count, rule.is_dead, rule.reason) for rule in found.rules] == [
        (1, False, None),
        (1, False, None),
        (0, True, "rule 2 above it names the group of this market"),
        (0, True, "every market of the group metals falls to rules above it: 1"),
        (0, True, "the group empty has no markets"),
        (4, False, None),
    ]
    assert found.rules[0].market_ids == ["cfd.xau_usd"]
    assert found.rules[-1].market_ids == ["cfd.btc_link", "spot.btc_eur", "spot.btc_link", "spot.btc_usd"]


def test_a_list_costs_the_same_however_long_it_is(api: BackApi, django_assert_num_queries: Any) -> None:
    make(api, "VIP")
    with django_assert_num_queries(2):
        api.commission_profiles.find(OWNER)
    for number in range(4):
        make(api, f"Partner {number}")
    with django_assert_num_queries(2):
        api.commission_profiles.find(OWNER)
