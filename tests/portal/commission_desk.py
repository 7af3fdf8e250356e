"""A desk with commissions: one client with an account, two markets, the profile VIP with two rules."""

from decimal import Decimal

from backoffice.contracts.commissions import (
    CfdFee,
    CommissionRule,
    FeeSettings,
    NewAssignment,
    NewCommissionProfile,
    NewRule,
    NewRuleDraft,
    SpotFee,
)
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.services import back_api
from tests.money import bank
from tests.portal.desk_people import OWNER, make_market


def open_desk() -> str:
    """The account of Anna, who is in the group retail and pays by VIP."""
    bank.open_bank()
    make_commission_catalogue()
    account = bank.open_account("anna")
    back_api().commission_profiles.create(OWNER, NewCommissionProfile(commission_profile_id="vip", name="VIP"))
    add_rule("vip", market="cfd.xau_usd", spot="0.1", least="1")
    add_rule("vip", group="metals", spot="0.2")
    back_api().commission_assignments.create(OWNER, NewAssignment(account_group_id="retail", commission_profile_id="vip"))
    return account


def make_commission_catalogue() -> None:
    for name in ("metals", "crypto"):
        back_api().market_groups.create(OWNER, NewMarketGroup(market_group_id=name, name=name.title()))
    make_market("xau", "usd", calendar_id=None)
    make_market("btc", "usd", calendar_id=None, market_group_id="crypto", subtype="Crypto")


def fees(spot: str = "0", cfd: str = "0.05", least: str = "0") -> FeeSettings:
    return FeeSettings(
        spot=SpotFee(type="PerVolume", size=Decimal(spot)), cfd=CfdFee(type="PerVolume", size=Decimal(cfd)), min_fee_rat=Decimal(least)
    )


def add_rule(profile: str, *, market: str | None = None, group: str | None = None, spot: str = "0", least: str = "0") -> str:
    draft = NewRuleDraft(market_id=market, market_group_id=group, fee_settings=fees(spot, least=least))
    return back_api().commission_rules.create(OWNER, profile, NewRule(commission_profile_rule=draft)).id


def rules(profile: str = "vip") -> list[CommissionRule]:
    return back_api().commission_rules.find(OWNER, profile).value


def outline(profile: str = "vip") -> list[str]:
    """What the rules are for, in order."""
    return [rule.market_id or rule.market_group_id or "default" for rule in rules(profile)]
