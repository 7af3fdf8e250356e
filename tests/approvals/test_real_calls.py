"""Real calls of every area, held and approved: what they would change is what they change, whatever ids and times they make on the way."""

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from backoffice.contracts.accounts import AccountChange, AccountPatch, AccountSeen, NewAccount, NewAccountGroup
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.calendars import NewCalendar
from backoffice.contracts.categories import CategoryDraft, CategoryTreeDraft
from backoffice.contracts.commission_changes import ChangeSetDraft
from backoffice.contracts.commissions import NewAssignment, NewCommissionProfile, NewRule, NewRuleDraft
from backoffice.contracts.desk import ApiClientChange, NewApiClient, NewOperator, RoleDraft
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.markets import MarketPatch
from backoffice.contracts.operations import ALL
from backoffice.contracts.rates import NewPrice
from backoffice.contracts.report_templates import TemplateDraft
from backoffice.contracts.reports import NewReport
from backoffice.contracts.users import NewUser, UserChange
from backoffice.core.models import AuditRecord
from backoffice.services import BackApi, back_api, desk
from tests.approvals.desk_of_two import OWNER, approve, held, person, policy, role
from tests.commission_changes.conftest import dearer, draft
from tests.commissions.conftest import accounts, add_rule, api, fee
from tests.domain.conftest import spot

__all__ = ["accounts", "api"]
SOME = {"report_name": "Some", "source": "Transfers", "format": "Csv"}


class World(NamedTuple):
    rule: str
    account: str
    change_set: str
    client: str
    target: str


@pytest.fixture
def world(api: BackApi, accounts: dict[str, str], settings: Any) -> World:
    settings.CALLBACK_KEYS = {"k1": base64.b64decode("A" * 43 + "=")}
    rule = add_rule("metals")
    client = desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=["view-common"])).client_id
    target = desk().operators.create(OWNER, NewOperator(username="tom", name="Tom", email="tom@example.com", password="correct horse battery"))
    return World(rule, accounts["anna"], draft(dearer(rule)), client, target.id)


CALLS: dict[str, Callable[[World], tuple[Any, ...]]] = {
    "assets.create": lambda _: (NewAsset(id="xag", name="Silver", scale=3, type="Metals"),),
    "assets.sync": lambda _: ([NewAsset(id="chf", name="Franc", scale=2, type="Fiat")],),
    "rates.set_prices": lambda _: ([NewPrice(base_asset_id="eur", quote_asset_id="usd", price=Decimal("1.3"), source="desk")],),
    "calendars.create": lambda _: (NewCalendar(calendar_id="tokyo", name="Tokyo", time_zone_id="Asia/Tokyo", trading_sessions=[]),),
    "liquidity_sessions.create": lambda _: (NewLiquiditySession(id="lp", kind="Trading", name="LP", liquidity_provider_id="lp"),),
    "categories.replace": lambda _: (
        CategoryTreeDraft(categories=[CategoryDraft(name=name, markets=["cfd.xau_usd"]) for name in ("Metals", "Others", "All")]),
    ),
    "markets.create": lambda _: (spot("eur", "usd"),),
    "markets.patch": lambda _: ({"cfd.xau_usd": 1, "cfd.eur_jpy": 1}, MarketPatch(status="Paused")),
    "market_files.export": lambda _: (),
    "users.create": lambda _: (NewUser(user_id="carla", email="carla@example.com"),),
    "users.update": lambda _: ("anna", UserChange(email="anna@example.com", name="Anna", status="Frozen")),
    "accounts.create": lambda _: ("anna", NewAccount(account_name="Third", account_group_id="vip", account_type="Hedging")),
    "accounts.update": lambda world: ("anna", world.account, AccountChange(account_name="Main", account_group_id="vip", status="Closed")),
    "accounts.patch": lambda world: ([AccountSeen(account_id=world.account, version=1)], AccountPatch(account_group_id="vip")),
    "account_groups.create": lambda _: (NewAccountGroup(account_group_id="funds", name="Funds"),),
    "commission_profiles.create": lambda _: (NewCommissionProfile(commission_profile_id="vip", name="VIP"),),
    "commission_rules.create": lambda _: ("default", NewRule(commission_profile_rule=NewRuleDraft(market_group_id="fx", fee_settings=fee()))),
    "commission_rules.delete": lambda world: ("default", world.rule),
    "commission_assignments.create": lambda _: (NewAssignment(commission_profile_id="default", user_id="boris"),),
    "commission_changes.draft": lambda world: (ChangeSetDraft(name="Cheaper", edits=[dearer(world.rule)]),),
    "commission_changes.apply": lambda world: (world.change_set,),
    "commission_changes.discard": lambda world: (world.change_set,),
    "reports.create": lambda _: (NewReport(**SOME),),
    "report_templates.create": lambda _: (TemplateDraft(template_name="Some", source="Transfers", format="Csv"),),
    "callbacks.allow_hosts": lambda world: (world.client, ["pay.example.com"]),
    "callbacks.make_secret": lambda world: (world.client,),
    "operators.create": lambda _: (NewOperator(username="uma", name="Uma", email="uma@example.com", password="correct horse battery"),),
    "operators.set_password": lambda world: (world.target, "another horse battery"),
    "roles.create": lambda _: (RoleDraft(name="Empty"),),
    "api_clients.create": lambda _: (NewApiClient(name="gateway", operations=["view-common"]),),
    "api_clients.update": lambda world: (world.client, ApiClientChange(operations=[], is_active=False)),
    "api_clients.rotate": lambda world: (world.client,),
    "api_clients.revoke_tokens": lambda world: (world.client,),
}


@pytest.mark.parametrize("action", CALLS)
def test_what_was_shown_is_what_is_done(world: World, action: str) -> None:
    all_of_it = role("All", *ALL)
    maker, checker = person("mary", all_of_it), person("charles", all_of_it)
    given = CALLS[action](world)
    policy(action)
    area, _, verb = action.partition(".")
    act = getattr(getattr(desk(), area, None) or getattr(back_api(), area), verb)
    before = AuditRecord.objects.filter(action=action).count()
    waiting = held(act, maker, *given)
    assert AuditRecord.objects.filter(action=action).count() == before
    seen = desk().approvals.get(checker, waiting)
    ended = approve(checker, waiting)
    assert (ended.state, ended.outcome) == ("Done", ""), seen.changes
    assert AuditRecord.objects.filter(action=action, actor_id=maker.id).count() == 1
    assert seen.changes or action in ("market_files.export",)
