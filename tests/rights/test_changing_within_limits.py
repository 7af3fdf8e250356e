"""Changes stay within the limits of who makes them; what is out of reach looks absent, and too much is refused by the limit's own words."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.accounts import AccountChange, AccountPatch, AccountSeen, NewAccount, NewAccountGroup
from backoffice.contracts.actor import Actor, Scope
from backoffice.contracts.commissions import NewRule, NewRuleDraft
from backoffice.contracts.errors import NotFound, OutOfScope
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.markets import MarketPatch
from backoffice.contracts.transfers import TransferDecision
from backoffice.contracts.users import NewUser, UserChange
from backoffice.services import back_api
from tests.commissions.conftest import fee
from tests.domain.conftest import spot
from tests.money.bank import OWNER, wanted
from tests.rights.two_groups import BY_ACCOUNTS, BY_MARKETS, OURS, THEIR_MARKETS, THEIRS, TwoGroups, limited, open_desk

MOST = limited(most=Decimal(100))


@pytest.fixture
def two(db: None) -> TwoGroups:
    return open_desk()


def told(actor: Actor, account: str, amount: str = "5", asset: str = "usd") -> str:
    with pytest.raises((NotFound, OutOfScope)) as refused:
        back_api().transfers.deposit(actor, wanted(account, amount, asset))
    return str(refused.value.detail)


def test_money_moves_in_our_groups_only(two: TwoGroups) -> None:
    back_api().transfers.deposit(BY_ACCOUNTS, wanted(two.ours.account, "5"))
    assert told(BY_ACCOUNTS, two.theirs.account) == f"There is no account {two.theirs.account}."
    assert told(BY_ACCOUNTS, "0" * 24) == f"There is no account {'0' * 24}."


def test_a_withdrawal_out_of_reach_is_no_withdrawal(two: TwoGroups) -> None:
    transfers = back_api().transfers
    ours = TransferDecision(account_id=two.ours.account, transfer_id=two.ours.transfer)
    with pytest.raises(NotFound, match=f"There is no transfer {two.theirs.transfer}"):
        transfers.confirm(BY_ACCOUNTS, TransferDecision(account_id=two.ours.account, transfer_id=two.theirs.transfer))
    with pytest.raises(NotFound):
        transfers.decide(BY_ACCOUNTS, [two.ours.transfer, two.theirs.transfer], "Completed")
    assert transfers.get(OWNER, two.ours.transfer).status == "AwaitingConfirmation"
    transfers.confirm(BY_ACCOUNTS, ours)
    assert transfers.get(OWNER, two.ours.transfer).status == "Completed"


def test_no_more_moves_at_once_than_the_limit(two: TwoGroups) -> None:
    back_api().transfers.deposit(MOST, wanted(two.theirs.account, "100"))
    assert told(MOST, two.theirs.account, "100.01") == "Your roles let you move up to 100 of the root asset at once; this is 100.01."
    assert "this is 640.005" in told(MOST, two.ours.account, "0.01", "btc")
    assert told(MOST, two.ours.account, "1", "xau").endswith("and this has no rate to it.")


def test_the_limit_counts_what_is_decided_at_once(two: TwoGroups) -> None:
    waiting = [back_api().transfers.withdraw(OWNER, wanted(two.ours.account, "60")).value.transfer_id for _ in range(2)]
    with pytest.raises(OutOfScope, match="this is 120"):
        back_api().transfers.decide(MOST, waiting, "Completed")
    assert all(one.is_done for one in back_api().transfers.decide(MOST, waiting[:1], "Completed"))


def test_each_role_is_a_limit_of_its_own(two: TwoGroups) -> None:
    """A hundred in one group and no end in the other is not no end in both."""
    scopes = (Scope(account_groups=frozenset({OURS}), most=Decimal(100)), Scope(account_groups=frozenset({THEIRS})))
    both = Actor(kind="operator", id="eve", name="Eve", door="portal", operations=OWNER.operations, scopes={"manage-transfers": scopes})
    back_api().transfers.deposit(both, wanted(two.theirs.account, "500"))
    assert "up to 100" in told(both, two.ours.account, "500")


def test_an_account_does_not_leave_our_groups(two: TwoGroups) -> None:
    moved = AccountChange(account_name="Main", account_group_id=THEIRS, status="Active")
    with pytest.raises(NotFound, match="There is no account group"):
        back_api().accounts.update(BY_ACCOUNTS, two.ours.user, two.ours.account, moved)
    kept = AccountChange(account_name="Renamed", account_group_id=OURS, status="Active")
    back_api().accounts.update(BY_ACCOUNTS, two.ours.user, two.ours.account, kept)
    with pytest.raises(NotFound):
        back_api().accounts.update(BY_ACCOUNTS, two.theirs.user, two.theirs.account, kept)


def test_accounts_change_together_in_our_groups_only(two: TwoGroups) -> None:
    ours, theirs = (AccountSeen(account_id=one.account, version=1) for one in (two.ours, two.theirs))
    with pytest.raises(NotFound, match=two.theirs.account):
        back_api().accounts.patch(BY_ACCOUNTS, [ours, theirs], AccountPatch(status="Active"))
    with pytest.raises(NotFound, match="There is no account group"):
        back_api().accounts.patch(BY_ACCOUNTS, [ours], AccountPatch(account_group_id=THEIRS))
    (kept,) = back_api().accounts.patch(BY_ACCOUNTS, [ours], AccountPatch(account_group_id=OURS))
    assert (kept.account_id, kept.is_changed) == (two.ours.account, False)


def test_a_client_who_is_elsewhere_too_is_changed_by_nobody_of_one_group(two: TwoGroups) -> None:
    elsewhere = NewAccount(account_name="Second", account_group_id=THEIRS, account_type="Hedging")
    back_api().accounts.create(OWNER, two.ours.user, elsewhere)
    assert back_api().users.get(BY_ACCOUNTS, two.ours.user).value.account_count == 1
    with pytest.raises(OutOfScope, match="outside the groups"):
        back_api().users.update(BY_ACCOUNTS, two.ours.user, UserChange(email="anna@example.com", name="Anne", status="Active"))
    kept = AccountChange(account_name="Renamed", account_group_id=OURS, status="Active")
    back_api().accounts.update(BY_ACCOUNTS, two.ours.user, two.ours.account, kept)


def test_markets_change_in_our_groups_only(two: TwoGroups) -> None:
    markets, patch = back_api().markets, MarketPatch(price_deviation=Decimal("0.1"))
    versions = {id: markets.get(OWNER, id).version for id in (two.ours.market, two.theirs.market)}
    with pytest.raises(NotFound, match=two.theirs.market):
        markets.patch(BY_MARKETS, versions, patch)
    assert markets.patch(BY_MARKETS, {two.ours.market: versions[two.ours.market]}, patch) == 1
    with pytest.raises(NotFound, match="There is no market group"):
        markets.create(BY_MARKETS, spot("usd", "btc", market_group_id=THEIR_MARKETS, calendar_id=None, status="Disabled"))
    with pytest.raises(OutOfScope, match="whole desk"):
        markets.create(BY_MARKETS, spot("usd", "btc", calendar_id=None, status="Disabled"))


def test_a_market_without_a_group_is_in_nobodys_reach(two: TwoGroups) -> None:
    api = back_api()
    single = api.markets.create(OWNER, spot("usd", "btc", calendar_id=None, status="Disabled")).market_id
    with pytest.raises(NotFound):
        api.markets.get(BY_MARKETS, single)
    with pytest.raises(NotFound):
        api.markets.patch(BY_MARKETS, {single: 1, two.ours.market: 1}, MarketPatch(price_deviation=Decimal("0.1")))


def test_fees_are_made_for_our_markets(two: TwoGroups) -> None:
    for target, refusal in ((two.theirs.market, NotFound), (None, OutOfScope)):
        draft = NewRuleDraft(market_id=target, fee_settings=fee())
        with pytest.raises(refusal):
            back_api().commission_rules.create(BY_MARKETS, "default", NewRule(commission_profile_rule=draft))


def test_what_is_about_the_whole_desk_is_refused_in_words(two: TwoGroups) -> None:
    api = back_api()
    with pytest.raises(OutOfScope, match="whole desk"):
        api.users.create(BY_ACCOUNTS, NewUser(email="new@example.com"))
    with pytest.raises(OutOfScope, match="whole desk"):
        api.account_groups.create(BY_ACCOUNTS, NewAccountGroup(account_group_id="new", name="New"))
    with pytest.raises(OutOfScope, match="whole desk"):
        api.market_groups.create(BY_MARKETS, NewMarketGroup(market_group_id="new", name="New"))
    with pytest.raises(OutOfScope, match="whole desk"):
        api.books.audit(BY_ACCOUNTS)


def test_whoever_has_no_limits_pays_no_question(two: TwoGroups) -> None:
    def asked(actor: Actor) -> int:
        with CaptureQueriesContext(connection) as found:
            back_api().users.update(actor, two.ours.user, UserChange(email="anna@example.com", name="Anna", status="Active"))
        return len(found)

    unlimited = Actor(kind="operator", id="root", name="Root", door="portal", operations=OWNER.operations)
    assert asked(unlimited) < asked(BY_ACCOUNTS)
    with CaptureQueriesContext(connection) as found:
        back_api().accounts.by_id(unlimited, two.ours.account)
    assert not any("WITH" in query["sql"] for query in found.captured_queries)


def test_opening_an_account_needs_a_client_of_ours(two: TwoGroups) -> None:
    draft = NewAccount(account_name="New", account_group_id=OURS, account_type="Hedging")
    back_api().accounts.create(BY_ACCOUNTS, two.ours.user, draft)
    with pytest.raises(NotFound):
        back_api().accounts.create(BY_ACCOUNTS, two.theirs.user, draft)
