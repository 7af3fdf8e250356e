"""Which policies a call meets, against a model written the other way round."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backoffice.approvals import matching
from backoffice.contracts.approvals import ApprovalPolicy
from backoffice.contracts.facts import Facts

IDS = st.lists(st.sampled_from("abc"), max_size=2)
SOME = st.frozensets(st.sampled_from("abc"), max_size=2)
AMOUNTS = st.one_of(st.none(), st.decimals(min_value=Decimal("0.01"), max_value=100, places=2))
POLICIES = st.builds(
    ApprovalPolicy,
    id=st.uuids().map(str),
    name=st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=5),
    covers=st.sampled_from(["manage-markets", "markets.update", "manage-transfers"]),
    amount_from=AMOUNTS,
    asset_ids=IDS,
    market_group_ids=IDS,
    account_group_ids=IDS,
    maker_roles=IDS,
    approvers_needed=st.integers(1, 5),
    approver_roles=IDS,
    excluded_roles=IDS,
    expires_after_minutes=st.integers(5, 100),
    is_active=st.booleans(),
)
FACTS = st.builds(
    Facts, accounts=SOME, account_groups=SOME, markets=SOME, market_groups=SOME, assets=SOME, has_amount=st.booleans(), amount_in_root=AMOUNTS
)


def reasons_to_go_on(policy: ApprovalPolicy, facts: Facts, roles: frozenset[str]) -> list[str]:
    """Everything that lets the call pass this policy; what says nothing lets nothing pass."""
    found = []
    if policy.amount_from is not None and not facts.has_amount:
        found.append("it moves nothing")
    if policy.amount_from is not None and facts.has_amount and facts.amount_in_root is not None and facts.amount_in_root < policy.amount_from:
        found.append("it is small")
    for wanted, named, others in (
        (policy.asset_ids, facts.assets, frozenset[str]()),
        (policy.market_group_ids, facts.market_groups, facts.markets),
        (policy.account_group_ids, facts.account_groups, facts.accounts),
    ):
        if wanted and (named or others) and not set(wanted) & named:
            found.append("it is about something else")
    if policy.maker_roles and not set(policy.maker_roles) & roles:
        found.append("its maker is somebody else")
    return found


@given(POLICIES, FACTS, SOME)
def test_a_policy_is_met_unless_something_says_otherwise(policy: ApprovalPolicy, facts: Facts, roles: frozenset[str]) -> None:
    assert matching.is_met(policy, facts, roles) == (reasons_to_go_on(policy, facts, roles) == [])


@given(POLICIES, FACTS, SOME)
def test_what_has_no_rate_is_over_every_limit(policy: ApprovalPolicy, facts: Facts, roles: frozenset[str]) -> None:
    unknown = Facts(**{name: getattr(facts, name) for name in Facts.__struct_fields__} | {"has_amount": True, "amount_in_root": None})
    largest = Facts(**{name: getattr(facts, name) for name in Facts.__struct_fields__} | {"has_amount": True, "amount_in_root": Decimal(10**19)})
    assert matching.is_met(policy, unknown, roles) == matching.is_met(policy, largest, roles)


@given(st.lists(POLICIES, min_size=1, max_size=4), st.sampled_from("abc"))
def test_policies_add_up_to_the_strictest(policies: list[ApprovalPolicy], role: str) -> None:
    demand = matching.together(policies)
    assert all(demand.needed >= one.approvers_needed and demand.expires_after_minutes <= one.expires_after_minutes for one in policies)
    may_here = role not in demand.excluded_roles and all(role in wanted for wanted in demand.approver_roles)
    may_each = all(role not in one.excluded_roles and (not one.approver_roles or role in one.approver_roles) for one in policies)
    assert may_here == may_each


@given(st.lists(POLICIES, max_size=4))
def test_only_active_policies_of_the_verb_or_its_operation_cover_it(policies: list[ApprovalPolicy]) -> None:
    assert [policy.covers for policy in matching.covering(policies, "markets.patch", "manage-markets")] == [
        policy.covers for policy in matching.covering(policies, "markets.update", "manage-markets")
    ]
    covering = matching.covering(policies, "markets.update", "manage-markets")
    assert [one.id for one in covering] == [one.id for one in policies if one.is_active and one.covers != "manage-transfers"]
