"""Applying and undoing: all or nothing, refused by name where somebody else was there, at an instant once and with the rights of that moment."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.commission_changes.models import ChangeSet
from backoffice.contracts import commission_changes as wanted
from backoffice.contracts.commission_changes import ChangeSetDraft
from backoffice.contracts.commissions import CommissionProfileChange
from backoffice.contracts.errors import Conflict, Invalid, NotPermitted, Refused
from backoffice.core.models import AuditRecord
from backoffice.jobs import commission_changes as jobs
from backoffice.markets.models import Market
from backoffice.services import BackApi, back_api
from tests.api.callers import OWNER
from tests.commission_changes.conftest import GOLD, METALS, WORKER, dearer, draft, fees, status
from tests.commissions.conftest import add_rule, change_rule, fee, listed
from tests.domain.conftest import person

SIZE = "0.5"


def size(rule: str, profile: str = "default") -> str:
    return str(fees(rule, profile).cfd.size)


def scheduled(*edits: wanted.AnyEdit, actor: Any = OWNER) -> str:
    """One whose instant has just come."""
    made = draft(*edits)
    back_api().commission_changes.schedule(actor, made, timezone.now() + timedelta(hours=1))
    ChangeSet.objects.filter(pk=made).update(apply_at=timezone.now() - timedelta(seconds=1))
    return made


def test_others_may_change_what_it_does_not_touch(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]))
    change_rule(rules["fx"], "fx", fee("0.7"))
    back_api().commission_profiles.update(OWNER, "vip", CommissionProfileChange(name="Very important"))
    back_api().commission_changes.apply(OWNER, made)
    assert (size(rules["metals"]), str(fees(rules["fx"]).spot.size)) == (SIZE, "0.7")


def test_what_others_have_changed_is_named_and_nothing_is_applied(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]), dearer(rules["gold"]))
    change_rule(rules["metals"], METALS, fee(cfd="0.02"))
    with pytest.raises(Conflict) as refusal:
        back_api().commission_changes.apply(OWNER, made)
    assert (refusal.value.code, refusal.value.fields) == (
        "moved_since",
        {"Default: the rule of metals": ["its fee on CFD markets has changed since"]},
    )
    assert (size(rules["metals"]), size(rules["gold"], "vip"), status(made)) == ("0.02", "0.01", "Draft")


def test_a_stale_draft_is_drafted_anew(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]))
    change_rule(rules["metals"], METALS, fee(cfd="0.02"))
    found = back_api().commission_changes.get(OWNER, made).value
    back_api().commission_changes.edit(OWNER, made, ChangeSetDraft(name="Again", edits=found.edits))
    back_api().commission_changes.apply(OWNER, made)
    assert size(rules["metals"]) == SIZE


def test_what_the_rules_refer_to_must_still_be_there(rules: dict[str, str]) -> None:
    made = draft(wanted.CreateRule(commission_profile_id="default", market_id="spot.btc_usd", fee_settings=fee()))
    Market.objects.filter(pk="spot.btc_usd").delete()
    with pytest.raises(Invalid) as refusal:
        back_api().commission_changes.apply(OWNER, made)
    assert [reasons for name, reasons in refusal.value.fields.items() if name.endswith("marketId")] == [["there is no market spot.btc_usd"]]


def test_undoing_puts_everything_back(rules: dict[str, str]) -> None:
    before, api = listed(), back_api().commission_changes
    made = draft(
        dearer(rules["metals"]),
        wanted.DeleteRule(commission_profile_rule_id=rules["fx"]),
        wanted.CreateRule(commission_profile_id="default", market_id=GOLD, priority=1, fee_settings=fee()),
        wanted.CreateAssignment(account_group_id="retail", commission_profile_id="vip", priority=1),
    )
    api.apply(OWNER, made)
    assert listed() != before
    api.undo(OWNER, made)
    found = api.get(OWNER, made).value.change_set
    assert (found.status, found.undone_by, listed(), size(rules["metals"])) == ("Undone", OWNER.name, before, "0.01")
    assert [one.user_id for one in back_api().commission_assignments.find(OWNER).value] == ["boris", None]
    with pytest.raises(Conflict):
        api.undo(OWNER, made)


def test_undoing_is_refused_by_name_where_others_went_on(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]), dearer(rules["fx"]))
    back_api().commission_changes.apply(OWNER, made)
    change_rule(rules["fx"], "fx", fee(cfd="0.6"))
    with pytest.raises(Conflict) as refusal:
        back_api().commission_changes.undo(OWNER, made)
    assert (refusal.value.code, list(refusal.value.fields)) == ("moved_since", ["Default: the rule of fx"])
    assert (size(rules["metals"]), status(made)) == (SIZE, "Applied")


def test_undoing_leaves_later_edits_of_other_fields(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]))
    back_api().commission_changes.apply(OWNER, made)
    change_rule(rules["metals"], METALS, fee("0.9", SIZE))
    back_api().commission_changes.undo(OWNER, made)
    found = fees(rules["metals"])
    assert (str(found.spot.size), str(found.cfd.size)) == ("0.9", "0.01")


def test_the_past_is_no_instant_to_come(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]))
    with pytest.raises(Invalid) as refusal:
        back_api().commission_changes.schedule(OWNER, made, timezone.now())
    assert list(refusal.value.fields) == ["applyAt"]


def test_it_waits_for_its_instant(rules: dict[str, str]) -> None:
    made = draft(dearer(rules["metals"]))
    back_api().commission_changes.schedule(OWNER, made, timezone.now() + timedelta(hours=1))
    assert back_api().commission_changes.due(WORKER, "Apply") == []
    back_api().commission_changes.apply_due(OWNER, made)
    jobs.apply_due()
    assert (status(made), size(rules["metals"])) == ("Scheduled", "0.01")


def test_it_is_applied_when_its_instant_has_come(rules: dict[str, str], trail: Any) -> None:
    made = scheduled(dearer(rules["metals"]))
    jobs.apply_due()
    found = back_api().commission_changes.get(OWNER, made).value.change_set
    assert (found.status, found.applied_by, size(rules["metals"])) == ("Applied", "tests", SIZE)
    assert trail("change_set", made)[-1] == ({"status": "Scheduled"}, {"status": "Applied"})
    record = AuditRecord.objects.filter(action="commission_changes.apply").get()
    assert (record.actor_id, record.door) == ("tests", "job")


def test_it_can_be_called_off_or_done_at_once(rules: dict[str, str]) -> None:
    api = back_api().commission_changes
    off, now = scheduled(dearer(rules["metals"])), scheduled(dearer(rules["fx"]))
    api.unschedule(OWNER, off)
    api.apply(OWNER, now)
    jobs.apply_due()
    assert (status(off), status(now), size(rules["metals"]), size(rules["fx"])) == ("Draft", "Applied", "0.01", SIZE)


def test_one_that_others_overtook_fails_and_is_told_of(rules: dict[str, str]) -> None:
    made, other = scheduled(dearer(rules["metals"])), scheduled(dearer(rules["fx"]))
    change_rule(rules["metals"], METALS, fee(cfd="0.02"))
    jobs.apply_due()
    found = back_api().commission_changes.get(OWNER, made).value.change_set
    assert (found.status, found.reason) == ("Failed", "Others have changed since what this changes: Default: the rule of metals.")
    assert (status(other), size(rules["metals"])) == ("Applied", "0.02")
    (notice,) = back_api().notifications.find(OWNER)
    assert (notice.type, notice.data.change_set_id) == ("ChangeSetNotApplied", made)
    assert AuditRecord.objects.filter(action="commission_changes.apply").count() == 1, "what was not applied is not in the trail as applied"
    back_api().commission_changes.edit(OWNER, made, ChangeSetDraft(name="Once more", edits=[dearer(rules["metals"])]))
    assert status(made) == "Draft"


def test_it_needs_the_rights_that_its_scheduler_has_then(rules: dict[str, str]) -> None:
    ghost = person("00000000-0000-4000-8000-00000000dead", "manage-commission-rules", "view-commission-rules")
    made = scheduled(dearer(rules["metals"]), actor=ghost)
    jobs.apply_due()
    found = back_api().commission_changes.get(OWNER, made).value.change_set
    assert (found.status, found.reason, size(rules["metals"])) == ("Failed", jobs.NOT_ALLOWED, "0.01")


def test_only_the_worker_works(rules: dict[str, str]) -> None:
    api, made = back_api().commission_changes, draft()
    for act in (lambda: api.due(OWNER, "Apply"), lambda: api.run(OWNER, made), lambda: api.fail(OWNER, made, reason="x")):
        with pytest.raises(NotPermitted):
            act()


def in_turns(*acts: Any) -> list[str]:
    """All at once, each with a connection of its own; what came of each."""
    start, found = threading.Barrier(len(acts)), list[str]()

    def run(act: Any) -> None:
        start.wait()
        try:
            act()
            found.append("done")
        except Refused as refusal:
            found.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


@pytest.fixture
def committed(transactional_db: None, api: BackApi, accounts: dict[str, str]) -> dict[str, str]:
    return {"metals": add_rule("metals"), "fx": add_rule("fx")}


def test_many_workers_apply_it_once(committed: dict[str, str]) -> None:
    made = scheduled(dearer(committed["metals"]))
    assert in_turns(*[lambda: back_api().commission_changes.apply_due(OWNER, made)] * 5) == ["done"] * 5
    assert (status(made), size(committed["metals"])) == ("Applied", SIZE)
    assert AuditRecord.objects.filter(action="commission_changes.apply").count() == 1
    assert not back_api().notifications.find(OWNER)


def test_of_two_that_touch_the_same_one_is_applied(committed: dict[str, str]) -> None:
    one, other = draft(dearer(committed["metals"])), draft(dearer(committed["metals"], fee(cfd="0.9")), dearer(committed["fx"]))
    api = back_api().commission_changes
    assert in_turns(lambda: api.apply(OWNER, one), lambda: api.apply(OWNER, other)) == ["done", "moved_since"]
    assert sorted([status(one), status(other)]) == ["Applied", "Draft"]
    assert (size(committed["metals"]), size(committed["fx"])) in [(SIZE, "0.01"), ("0.9", SIZE)]


def test_ids_of_new_rules_are_the_drafts_own(rules: dict[str, str]) -> None:
    new = str(uuid4())
    made = draft(wanted.CreateRule(commission_profile_rule_id=new, commission_profile_id="default", market_id=GOLD, fee_settings=fee()))
    back_api().commission_changes.apply(OWNER, made)
    assert back_api().commission_rules.get(OWNER, "default", new).value.market_id == GOLD
