"""Who must have a second factor and has none does nothing else; who lost theirs is helped by somebody else, and that is told."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from backoffice.contracts.desk import Operator
from backoffice.contracts.errors import Invalid, NotPermitted
from backoffice.core.models import AuditChange
from backoffice.notifications.models import AdminNotification
from backoffice.operators import models
from backoffice.services import desk, identity
from tests.operators.conftest import ROOT, TRACE, acting, actor_of, make_operator, make_role, person, signed_in
from tests.operators.phone import set_up


class TestOwing:
    """With SECOND_FACTOR=required."""

    @pytest.fixture(autouse=True)
    def _required(self, settings: Settings) -> None:
        settings.SECOND_FACTOR = "required"

    def test_who_moves_money_and_has_no_factor_may_do_nothing_else(self, roles: dict[str, str]) -> None:
        make_operator("finance", roles["Finance"])
        actor = acting("finance")
        assert (actor.owes_factor, actor.operations) == (True, {"own"})
        assert desk().factors.get(actor).is_required

    def test_who_only_looks_owes_nothing(self, clerk: Operator) -> None:
        actor = acting("clerk")
        assert not actor.owes_factor
        assert "view-common" in actor.operations

    def test_setting_one_up_opens_what_the_roles_allow(self, roles: dict[str, str]) -> None:
        make_operator("finance", roles["Finance"])
        here = signed_in("finance")
        actor = actor_of(here)
        assert actor
        set_up(actor, keep=here)
        after = actor_of(here)
        assert after
        assert not after.owes_factor
        assert "manage-transfers" in after.operations

    def test_removing_the_last_one_closes_it_at_once(self, roles: dict[str, str]) -> None:
        make_operator("finance", roles["Finance"])
        here = signed_in("finance")
        actor = actor_of(here)
        assert actor
        set_up(actor, keep=here)
        desk().factors.remove_authenticator(actor, keep=here)
        after = actor_of(here)
        assert after
        assert after.owes_factor

    def test_a_role_that_grows_asks_at_once(self, roles: dict[str, str]) -> None:
        grown = make_role("Grown", "view-common")
        make_operator("dealer", grown)
        here = signed_in("dealer")
        models.Role.objects.filter(pk=grown).update(operations=["manage-accounts"])
        actor = actor_of(here)
        assert actor
        assert actor.owes_factor

    def test_a_job_is_not_asked(self, roles: dict[str, str]) -> None:
        finance = make_operator("finance", roles["Finance"])
        job = identity().actor_now("operator", finance.id, trace_id=TRACE)
        assert job
        assert "manage-transfers" in job.operations


class TestReset:
    def test_another_administrator_resets_with_a_reason_and_it_is_told(self, clerk: Operator) -> None:
        here = signed_in("clerk")
        actor = actor_of(here)
        assert actor
        set_up(actor, keep=here)
        desk().operators.reset_factors(ROOT, clerk.id, "Lost the phone; called back on the number in the file")
        assert actor_of(here) is None
        assert signed_in("clerk")
        notice = AdminNotification.objects.get(type="FactorsReset")
        assert (notice.severity, notice.data["by"]) == ("warning", "root")
        change = AuditChange.objects.get(record__action="operators.reset_factors", object_type="operator")
        assert change.after == {"factors": "reset", "reason": "Lost the phone; called back on the number in the file"}

    def test_a_reason_is_needed_and_something_to_reset(self, clerk: Operator) -> None:
        with pytest.raises(Invalid) as refused:
            desk().operators.reset_factors(ROOT, clerk.id, " ")
        assert list(refused.value.fields) == ["reason"]
        with pytest.raises(Invalid, match="no second factor"):
            desk().operators.reset_factors(ROOT, clerk.id, "Lost")

    def test_nobody_resets_their_own_or_those_of_who_may_do_more(self, administrator: Operator) -> None:
        actor = acting("administrator")
        set_up(actor)
        with pytest.raises(Invalid, match="yours to remove"):
            desk().operators.reset_factors(actor, administrator.id, "Lost")
        with pytest.raises(NotPermitted):
            desk().operators.reset_factors(person("lesser", "manage-operators"), administrator.id, "Lost")


def test_whoever_runs_the_machine_resets_the_factors_of_the_only_administrator(administrator: Operator) -> None:
    set_up(acting("administrator"))
    call_command("reset_factors", "--username", "Administrator", "--reason", "Lost the phone", stderr=StringIO())
    assert signed_in("administrator")
    assert AdminNotification.objects.get(type="FactorsReset").data["by"] == "command line"
    for arguments, said in ((("nobody", "x"), "no operator"), (("administrator", "x"), "no second factor"), (("administrator", ""), "reason")):
        with pytest.raises(CommandError, match=said):
            call_command("reset_factors", "--username", arguments[0], "--reason", arguments[1], stderr=StringIO())
