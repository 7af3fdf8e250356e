"""Drafts: what edits make of the rules, what is refused, and what becomes of a change set until it is applied."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from backoffice.contracts import commission_changes as wanted
from backoffice.contracts.commission_changes import ChangeSetDraft, ChangeSetQuery
from backoffice.contracts.errors import Conflict, Invalid, NotFound, Refused, Stale
from backoffice.services import BackApi, back_api
from tests.api.callers import OWNER
from tests.commission_changes.conftest import GOLD, METALS, dearer, draft, estimated, fees, status
from tests.commissions.conftest import add_rule, fee, listed


def changes(change_set: str) -> list[tuple[str, str, str]]:
    found = back_api().commission_changes.get(OWNER, change_set).value.changes
    return [(change.commission_profile_id, change.label, change.action) for change in found]


def test_a_draft_changes_nothing_but_says_what_it_would(rules: dict[str, str]) -> None:
    before = listed()
    made = draft(dearer(rules["metals"]), wanted.CreateRule(commission_profile_id="default", market_id=GOLD, priority=1, fee_settings=fee(lot="3")))
    assert listed() == before
    found = back_api().commission_changes.get(OWNER, made)
    assert (found.version, found.value.change_set.status, found.value.change_set.change_count) == (1, "Draft", 3)
    assert changes(made) == [("default", GOLD, "Created"), ("default", "group metals", "Changed"), ("default", "group fx", "Changed")]
    moved = next(change for change in found.value.changes if change.label == "group metals")
    assert {field.field: (field.before, field.after) for field in moved.fields} == {"priority": ("1", "2"), "fee.cfd.size": ("0.01", "0.5")}


def test_edits_follow_one_another(rules: dict[str, str]) -> None:
    new = str(uuid4())
    made = draft(
        wanted.CreateRule(commission_profile_rule_id=new, commission_profile_id="default", market_id=GOLD, fee_settings=fee()),
        wanted.OrderRules(commission_profile_id="default", commission_profile_rule_ids=[new, rules["fx"], rules["metals"]]),
        wanted.DeleteRule(commission_profile_rule_id=rules["fx"]),
        wanted.ChangeRule(commission_profile_rule_id=new, market_group_id="empty"),
        wanted.CreateAssignment(account_group_id="retail", commission_profile_id="vip", priority=1),
        wanted.ChangeAssignment(commission_assignment_id=rules["boris"], commission_profile_id="default"),
    )
    back_api().commission_changes.apply(OWNER, made)
    assert listed() == [(1, "empty"), (2, METALS), (3, "default")]
    found = back_api().commission_assignments.find(OWNER).value
    assert [(one.account_group_id or one.user_id, one.commission_profile_id) for one in found] == [
        ("retail", "vip"),
        ("boris", "default"),
        (None, "default"),
    ]


def test_assignments_are_ordered_and_deleted(rules: dict[str, str]) -> None:
    new = str(uuid4())
    made = draft(
        wanted.CreateAssignment(commission_assignment_id=new, user_id="anna", commission_profile_id="vip"),
        wanted.OrderAssignments(commission_assignment_ids=[new, rules["boris"]]),
        wanted.DeleteAssignment(commission_assignment_id=rules["boris"]),
    )
    assert [change[1:] for change in changes(made)] == [("anna", "Created"), ("boris", "Deleted")]
    back_api().commission_changes.apply(OWNER, made)
    assert [one.user_id for one in back_api().commission_assignments.find(OWNER).value] == ["anna", None]


def edits(rules: dict[str, str]) -> dict[str, tuple[Any, type[Refused], str, str]]:
    """By what is wrong: the edit, and how it is refused."""
    default = next(rule for rule in back_api().commission_rules.find(OWNER, "default").value if rule.is_default).commission_profile_rule_id
    everybody = back_api().commission_assignments.find(OWNER).value[-1].commission_assignment_id
    new = {"commission_profile_id": "default", "fee_settings": fee()}
    return {
        "no such rule": (dearer("nothing"), NotFound, "not_found", "edits[0]"),
        "no such profile": (wanted.CreateRule(**new | {"commission_profile_id": "gone"}, market_id=GOLD), NotFound, "not_found", "edits[0]"),
        "default rule deleted": (wanted.DeleteRule(commission_profile_rule_id=default), Invalid, "default_rule", "edits[0]"),
        "default rule names a market": (wanted.ChangeRule(commission_profile_rule_id=default, market_id=GOLD), Invalid, "default_rule", "edits[0]"),
        "default assignment moved": (
            wanted.ChangeAssignment(commission_assignment_id=everybody, commission_profile_id="vip"),
            Invalid,
            "default_assignment",
            "edits[0]",
        ),
        "default assignment deleted": (wanted.DeleteAssignment(commission_assignment_id=everybody), Invalid, "default_assignment", "edits[0]"),
        "an order that lacks one": (
            wanted.OrderRules(commission_profile_id="default", commission_profile_rule_ids=[rules["fx"]]),
            Invalid,
            "stale_priorities",
            "edits[0].commissionProfileRuleIds",
        ),
        "a priority beyond the last": (wanted.CreateRule(**new, market_id=GOLD, priority=9), Invalid, "invalid", "edits[0].priority"),
        "an id that is none": (
            wanted.CreateRule(**new, market_id=GOLD, commission_profile_rule_id="x"),
            Invalid,
            "invalid",
            "edits[0].commissionProfileRuleId",
        ),
        "an id that is there": (
            wanted.CreateRule(**new, market_id=GOLD, commission_profile_rule_id=rules["fx"]),
            Invalid,
            "invalid",
            "edits[0].commissionProfileRuleId",
        ),
        "a group twice": (wanted.CreateRule(**new, market_group_id=METALS), Invalid, "invalid", "rules["),
        "neither market nor group": (wanted.CreateRule(**new), Invalid, "invalid", "rules["),
        "no such market": (wanted.CreateRule(**new, market_id="spot.no_usd"), Invalid, "invalid", "rules["),
        "a fee below nothing": (dearer(rules["metals"], fee(cfd="-1")), Invalid, "invalid", "rules["),
        "no such user": (wanted.CreateAssignment(user_id="nobody", commission_profile_id="vip"), Invalid, "invalid", "assignments["),
        "nobody": (wanted.CreateAssignment(commission_profile_id="vip"), Invalid, "invalid", "assignments["),
    }


CASES = [
    "no such rule", "no such profile", "default rule deleted", "default rule names a market", "default assignment moved",
    "default assignment deleted", "an order that lacks one", "a priority beyond the last", "an id that is none", "an id that is there",
    "a group twice", "neither market nor group", "no such market", "a fee below nothing", "no such user", "nobody",
]  # fmt: skip


def test_every_case_is_tried(rules: dict[str, str]) -> None:
    assert list(edits(rules)) == CASES


@pytest.mark.parametrize("case", CASES)
def test_what_a_draft_refuses(rules: dict[str, str], case: str) -> None:
    edit, kind, code, field = edits(rules)[case]
    with pytest.raises(kind) as refusal:
        draft(edit)
    assert refusal.value.code == code
    assert any(name.startswith(field) for name in refusal.value.fields), refusal.value.fields


@pytest.mark.parametrize(("field", "words"), [("name", {"name": " "}), ("name", {"name": "x" * 101}), ("note", {"name": "x", "note": "a\x07"})])
def test_words_of_a_draft_are_plain(rules: dict[str, str], field: str, words: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        back_api().commission_changes.draft(OWNER, ChangeSetDraft(**words))
    assert list(refusal.value.fields) == [field]


def test_editing_drafts_anew_and_forgets_the_impact(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]))
    assert estimated(made).status == "Done"
    add_rule(GOLD)
    back_api().commission_changes.edit(OWNER, made, ChangeSetDraft(name="Dearer fx", edits=[dearer(rules["fx"])]), version=1)
    found = back_api().commission_changes.get(OWNER, made)
    assert (found.version, found.value.change_set.name, found.value.change_set.impact) == (2, "Dearer fx", None)
    assert changes(made) == [("default", "group fx", "Changed")]
    with pytest.raises(Stale):
        back_api().commission_changes.edit(OWNER, made, ChangeSetDraft(name="Late"), version=1)


def test_the_ids_of_what_a_draft_creates_stay_when_it_is_sent_back(rules: dict[str, str]) -> None:
    made = draft(wanted.CreateRule(commission_profile_id="default", market_id=GOLD, fee_settings=fee()))
    found = back_api().commission_changes.get(OWNER, made).value
    back_api().commission_changes.edit(OWNER, made, ChangeSetDraft(name="Again", edits=found.edits))
    assert back_api().commission_changes.get(OWNER, made).value.edits == found.edits


def test_only_what_is_open_changes(rules: dict[str, str]) -> None:
    api, tomorrow = back_api().commission_changes, timezone.now() + timedelta(days=1)
    gone, done = draft(), draft(dearer(rules["fx"]))
    api.discard(OWNER, gone)
    api.apply(OWNER, done)
    assert (status(gone), status(done)) == ("Discarded", "Applied")
    for made in (gone, done):
        for act in (
            lambda made: api.edit(OWNER, made, ChangeSetDraft(name="x")),
            lambda made: api.discard(OWNER, made),
            lambda made: api.apply(OWNER, made),
            lambda made: api.schedule(OWNER, made, tomorrow),
            lambda made: api.unschedule(OWNER, made),
        ):
            with pytest.raises(Conflict) as refusal:
                act(made)
            assert refusal.value.code == "wrong_status"
    with pytest.raises(Conflict):
        api.undo(OWNER, gone)


def test_the_list_is_the_newest_first_and_goes_on(rules: dict[str, str]) -> None:
    made = [draft(dearer(rules["fx"]), name=f"Number {number}") for number in range(5)]
    back_api().commission_changes.discard(OWNER, made[0])
    seen: list[str] = []
    after = None
    while True:
        page = back_api().commission_changes.find(OWNER, ChangeSetQuery(limit=2, after=after))
        seen += [one.change_set_id for one in page.items]
        if (after := page.next) is None:
            break
    assert seen == made[::-1]
    drafts = back_api().commission_changes.find(OWNER, ChangeSetQuery(status="Draft"))
    assert (len(drafts.items), drafts.total) == (4, 4)


@pytest.mark.parametrize("id", ["x", "00000000-0000-4000-8000-000000000000"])
def test_there_is_no_such_change_set(api: BackApi, id: str) -> None:
    for act in (api.commission_changes.get, api.commission_changes.discard, api.commission_changes.apply, api.commission_changes.undo):
        with pytest.raises(NotFound):
            act(OWNER, id)


def test_fees_are_what_they_were_until_it_is_applied(rules: dict[str, str], trail: Any) -> None:
    made = draft(dearer(rules["metals"]))
    assert str(fees(rules["metals"]).cfd.size) == "0.01"
    back_api().commission_changes.apply(OWNER, made, version=1)
    assert str(fees(rules["metals"]).cfd.size) == "0.5"
    assert trail("change_set", made) == [
        ({}, {"name": "Dearer metals", "status": "Draft", "changeCount": "1"}),
        ({"status": "Draft"}, {"status": "Applied"}),
    ]
    assert trail("commission_rule", rules["metals"])[-1] == ({"fee.cfd.size": "0.01"}, {"fee.cfd.size": "0.5"})
