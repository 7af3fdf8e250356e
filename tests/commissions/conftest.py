"""A desk with markets of every type, two clients in two groups, and short words for fees and rules."""

from decimal import Decimal
from typing import Any

import pytest

from backoffice.contracts.accounts import NewAccount, NewAccountGroup
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.calendars import NewCalendar
from backoffice.contracts.commissions import (
    AssignmentDraft,
    CfdFee,
    FeeSettings,
    NewAssignment,
    NewRule,
    NewRuleDraft,
    RuleChange,
    RuleDraft,
    SpotFee,
)
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.rates import NewPrice
from backoffice.contracts.users import NewUser
from backoffice.core.models import AuditChange
from backoffice.services import BackApi, back_api
from tests.api.callers import OWNER, anybody, caller, storage
from tests.domain.conftest import cfd, spot

__all__ = ["anybody", "caller", "storage"]


@pytest.fixture
def api(db: None) -> BackApi:
    return make_desk()


def make_desk() -> BackApi:
    """usd is the root asset; eur, btc and jpy have rates, link has none. anna has two accounts in retail, boris one in vip."""
    api = back_api()
    crm = [("usd", 2, "Fiat"), ("eur", 2, "Fiat"), ("jpy", 0, "Fiat"), ("btc", 8, "Crypto"), ("link", 18, "Crypto")]
    api.assets.sync(OWNER, [NewAsset(id=id, name=id.upper(), scale=scale, type=type) for id, scale, type in crm])  # type: ignore[arg-type]
    api.assets.create(OWNER, NewAsset(id="xau", name="Gold", scale=4, type="Metals"))
    api.calendars.create(OWNER, NewCalendar(calendar_id="berlin", name="Berlin", time_zone_id="Europe/Berlin", trading_sessions=[]))
    for group in ("metals", "fx", "empty"):
        api.market_groups.create(OWNER, NewMarketGroup(market_group_id=group, name=group.title()))
    api.markets.create(OWNER, cfd(market_group_id="metals"))
    api.markets.create(OWNER, cfd("eur", "jpy", market_group_id="fx"))
    api.markets.create(OWNER, cfd("btc", "link", market_group_id=None))
    for base, quote in (("btc", "usd"), ("btc", "eur"), ("btc", "link")):
        api.markets.create(OWNER, spot(base, quote, display_name=f"{base}/{quote}/spot".upper()))
    api.rates.set_root(OWNER, "usd")
    prices = [("eur", "usd", "1.25"), ("usd", "jpy", "150"), ("btc", "usd", "64000.5")]
    api.rates.set_prices(OWNER, [NewPrice(base_asset_id=base, quote_asset_id=to, price=Decimal(price), source="t") for base, to, price in prices])
    for group in ("retail", "vip"):
        api.account_groups.create(OWNER, NewAccountGroup(account_group_id=group, name=group.title()))
    return api


@pytest.fixture
def accounts(api: BackApi) -> dict[str, str]:
    return open_accounts(api)


def open_accounts(api: BackApi) -> dict[str, str]:
    """By name: anna and savings are anna's, in retail; boris is boris's, in vip."""
    found = {}
    for name, user, group in (("anna", "anna", "retail"), ("savings", "anna", "retail"), ("boris", "boris", "vip")):
        if name == user:
            api.users.create(OWNER, NewUser(user_id=user, email=f"{user}@example.com"))
        draft = NewAccount(account_name=name, account_group_id=group, account_type="Hedging")
        found[name] = api.accounts.create(OWNER, user, draft).account_id
    return found


def fee(spot: str = "0.1", cfd: str = "0.01", least: str = "0", *, lot: str | None = None, asset: str | None = None) -> FeeSettings:
    """`lot`: so much a lot, of `asset`, in place of `cfd` percent."""
    levered = CfdFee(type="PerVolume", size=Decimal(cfd)) if lot is None else CfdFee(type="PerLot", size=Decimal(lot), asset_id=asset)
    return FeeSettings(spot=SpotFee(type="PerVolume", size=Decimal(spot)), cfd=levered, min_fee_rat=Decimal(least))


def add_rule(target: str, fees: FeeSettings | None = None, *, profile: str = "default", priority: int | None = None, **more: Any) -> str:
    """`target` with a dot is a market, else a group."""
    named = {"market_id" if "." in target else "market_group_id": target}
    draft = NewRuleDraft(**named, fee_settings=fees or fee(), priority=priority)
    return back_api().commission_rules.create(OWNER, profile, NewRule(commission_profile_rule=draft), **more).id


def change_rule(
    rule: str, target: str | None, fees: FeeSettings | None = None, *, profile: str = "default", priorities: Any = None, **more: Any
) -> None:
    named = {} if target is None else {"market_id" if "." in target else "market_group_id": target}
    change = RuleChange(commission_profile_rule=RuleDraft(**named, fee_settings=fees or fee()), priorities=priorities)
    back_api().commission_rules.update(OWNER, profile, rule, change, **more)


def assign(profile: str, *, priority: int | None = None, **who: str) -> str:
    draft = NewAssignment(commission_profile_id=profile, priority=priority, **who)
    return back_api().commission_assignments.create(OWNER, draft).commission_assignment_id


def reassign(assignment: str, profile: str, **who: str) -> None:
    back_api().commission_assignments.update(OWNER, assignment, AssignmentDraft(commission_profile_id=profile, **who))


def listed(profile: str = "default") -> list[tuple[int, str]]:
    """Priority and target of each rule, in order."""
    rules = back_api().commission_rules.find(OWNER, profile).value
    return [(rule.priority, rule.market_id or rule.market_group_id or "default") for rule in rules]


@pytest.fixture
def trail(db: None) -> Any:
    """Before and after of each change of an object, oldest first."""

    def read(object_type: str, object_id: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        found = AuditChange.objects.filter(object_type=object_type, object_id=object_id).order_by("id")
        return [(change.before, change.after) for change in found]

    return read
