"""Assignments: one ordered list over users, accounts and groups; the first match wins, and the default one is last for ever."""

from typing import Any

import pytest

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.contracts.commissions import AssignmentDraft, AssignmentPriority, NewAssignment, NewCommissionProfile
from backoffice.contracts.errors import Invalid, NotFound, Stale
from backoffice.services import BackApi
from tests.api.callers import OWNER
from tests.commissions.conftest import assign, reassign


@pytest.fixture
def vip(api: BackApi, accounts: dict[str, str]) -> str:
    return api.commission_profiles.create(OWNER, NewCommissionProfile(name="VIP")).commission_profile_id


def listed(api: BackApi) -> list[tuple[int, str, str]]:
    found = api.commission_assignments.find(OWNER).value
    return [(one.priority, one.user_id or one.account_id or one.account_group_id or "everybody", one.commission_profile_id) for one in found]


def default_assignment(api: BackApi) -> str:
    return api.commission_assignments.find(OWNER).value[-1].commission_assignment_id


def test_a_fresh_desk_gives_everybody_the_default_profile(api: BackApi) -> None:
    assert listed(api) == [(1, "everybody", "default")]


def test_they_stand_in_one_order_and_close_gaps(api: BackApi, vip: str, accounts: dict[str, str]) -> None:
    first = assign(vip, account_group_id="vip")
    assign(vip, user_id="boris")
    assign("default", account_id=accounts["boris"], priority=1)
    assert listed(api) == [(1, accounts["boris"], "default"), (2, "vip", vip), (3, "boris", vip), (4, "everybody", "default")]
    api.commission_assignments.delete(OWNER, first)
    assert listed(api) == [(1, accounts["boris"], "default"), (2, "boris", vip), (3, "everybody", "default")]


def test_priorities_exchange_and_say_what_is_stale(api: BackApi, vip: str) -> None:
    ids = [assign(vip, user_id="anna"), assign(vip, user_id="boris")]

    def order(*wanted: tuple[str, int]) -> None:
        wishes = [AssignmentPriority(commission_assignment_id=id, priority=number) for id, number in wanted]
        api.commission_assignments.set_priorities(OWNER, wishes)

    order((ids[0], 2), (ids[1], 1))
    assert [who for _, who, _ in listed(api)] == ["boris", "anna", "everybody"]
    with pytest.raises(Invalid) as refused:
        order((ids[0], 1))
    assert refused.value.code == "stale_priorities"
    assert refused.value.fields == {"body": [f"{ids[1]}, now of priority 1, is missing"]}


def test_the_default_assignment_neither_changes_nor_goes(api: BackApi, vip: str) -> None:
    for act in (
        lambda: reassign(default_assignment(api), vip, user_id="anna"),
        lambda: api.commission_assignments.delete(OWNER, default_assignment(api)),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert refused.value.code == "default_assignment"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({}, "userId"),
        ({"user_id": "anna", "account_group_id": "vip"}, "accountGroupId"),
        ({"user_id": "nobody"}, "userId"),
        ({"account_id": "0" * 24}, "accountId"),
        ({"account_group_id": "nobody"}, "accountGroupId"),
        ({"user_id": "anna", "commission_profile_id": "nobody"}, "commissionProfileId"),
        ({"user_id": "boris"}, "userId"),
        ({"user_id": "anna", "priority": 3}, "priority"),
    ],
)
def test_what_is_wrong_is_refused_by_field(api: BackApi, vip: str, draft: dict[str, Any], field: str) -> None:
    assign(vip, user_id="boris")
    with pytest.raises(Invalid) as refused:
        api.commission_assignments.create(OWNER, NewAssignment(**{"commission_profile_id": vip} | draft))
    assert list(refused.value.fields) == [field]


def test_a_change_may_name_somebody_else(api: BackApi, vip: str, trail: Any) -> None:
    one = assign(vip, user_id="anna")
    reassign(one, "default", account_group_id="retail")
    assert listed(api)[0] == (1, "retail", "default")
    assert trail("commission_assignment", one)[-1] == (
        {"userId": "anna", "accountGroupId": None, "profileId": vip},
        {"userId": None, "accountGroupId": "retail", "profileId": "default"},
    )


def test_versions_tell_of_changes(api: BackApi, vip: str) -> None:
    start = api.commission_assignments.find(OWNER).version
    one = assign(vip, user_id="anna")
    assign(vip, user_id="boris", priority=1)
    assert (api.commission_assignments.find(OWNER).version, api.commission_assignments.get(OWNER, one).version) == (start + 2, 1)
    change = AssignmentDraft(user_id="anna", commission_profile_id="default")
    api.commission_assignments.update(OWNER, one, change, version=1)
    for act in (
        lambda: api.commission_assignments.update(OWNER, one, change, version=1),
        lambda: api.commission_assignments.delete(OWNER, one, version=1),
        lambda: api.commission_assignments.set_priorities(OWNER, [], version=start),
        lambda: api.commission_assignments.create(OWNER, NewAssignment(account_group_id="vip", commission_profile_id=vip), version=start),
    ):
        with pytest.raises(Stale):
            act()


def test_what_is_not_there_is_not_found(api: BackApi, vip: str) -> None:
    for act in (
        lambda: api.commission_assignments.get(OWNER, "none"),
        lambda: api.commission_assignments.delete(OWNER, "none"),
        lambda: reassign("none", vip, user_id="anna"),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_account_group_that_is_assigned_stays(api: BackApi, vip: str) -> None:
    api.account_groups.create(OWNER, NewAccountGroup(account_group_id="partners", name="Partners"))
    assign(vip, account_group_id="partners")
    with pytest.raises(Invalid) as refused:
        api.account_groups.delete(OWNER, "partners")
    assert refused.value.code == "account_group_has_commission_assignment"
