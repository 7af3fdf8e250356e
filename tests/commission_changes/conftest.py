"""The desk of the commissions' tests with a profile more, and short words for drafts and trades."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import AnyEdit, ChangeRule, ChangeSetDraft, Period
from backoffice.contracts.commissions import FeeSettings, NewCommissionProfile
from backoffice.services import BackApi, back_api
from backoffice.trading.models import Execution
from tests.api.callers import OWNER
from tests.commissions.conftest import accounts, add_rule, anybody, api, assign, caller, fee, storage, trail
from tests.trading.test_database import fill, order

__all__ = ["accounts", "anybody", "api", "caller", "storage", "trail"]

WORKER = Actor(kind="system", id="commission-changes", name="worker", door="job", operations=frozenset({operations.WORKER}))
GOLD, METALS = "cfd.xau_usd", "metals"
NOVEMBER = Period(from_=datetime(2026, 11, 1, tzinfo=UTC), to=datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
def rules(api: BackApi, accounts: dict[str, str]) -> dict[str, str]:
    """By what they name: metals and fx of the default profile, gold of vip, which boris is assigned."""
    api.commission_profiles.create(OWNER, NewCommissionProfile(commission_profile_id="vip", name="VIP"))
    found = {"metals": add_rule("metals"), "fx": add_rule("fx"), "gold": add_rule(GOLD, profile="vip")}
    return found | {"boris": assign("vip", user_id="boris")}


def draft(*edits: AnyEdit, name: str = "Dearer metals") -> str:
    return back_api().commission_changes.draft(OWNER, ChangeSetDraft(name=name, edits=list(edits))).change_set.change_set_id


def dearer(rule: str, fees: FeeSettings | None = None) -> ChangeRule:
    return ChangeRule(commission_profile_rule_id=rule, fee_settings=fees or fee(cfd="0.5"))


def status(change_set: str) -> str:
    return back_api().commission_changes.get(OWNER, change_set).value.change_set.status


def fees(rule: str, profile: str = "default") -> FeeSettings:
    return back_api().commission_rules.get(OWNER, profile, rule).value.fee_settings


def traded(account: str, market: str, *fills: Any, number: int = 1, user: str = "anna") -> Sequence[Execution]:
    """One order; of each fill what differs from half a lot at 60,000, an hour after the one before."""
    is_spot = market.startswith("spot")
    of = order(account, number, market, user_id=user, commission_asset_id=market.rsplit("_")[-1] if is_spot else "usd")
    made = [
        fill(of, seq, user_id=user, quote_asset_id=market.rsplit("_")[-1], **{"at": of.created_at + timedelta(hours=seq), **more})
        for seq, more in enumerate(fills, start=1)
    ]
    return Execution.objects.bulk_create(made)


def estimated(change_set: str, period: Period = NOVEMBER) -> Any:
    """Ask, let the worker do its part, and read."""
    changes = back_api().commission_changes
    changes.estimate(OWNER, change_set, period)
    changes.run(WORKER, change_set)
    return changes.get(OWNER, change_set).value.change_set.impact
