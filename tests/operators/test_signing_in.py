"""People come in with a password, stay as long as they work, and leave when they, an administrator or the clock says so."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from backoffice.contracts.desk import Operator, OperatorChange
from backoffice.contracts.errors import NotFound, Unauthenticated
from backoffice.core.models import AuditChange, AuditRecord
from backoffice.operators import models
from backoffice.services import desk, identity
from tests.operators.conftest import OFFICE, PASSWORD, ROOT, TRACE, acting, actor_of, make_operator, make_role, signed_in

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_the_right_password_opens_a_sign_in_for_eight_hours(clerk: Operator) -> None:
    sign_in_id, seconds = identity().sign_in(" Clerk ", PASSWORD, network=OFFICE, agent="Firefox\0" + "x" * 300)
    actor = identity().actor_of_sign_in(sign_in_id, trace_id=TRACE)
    assert actor
    assert (actor.kind, actor.id, actor.name, actor.door, actor.trace_id) == ("operator", clerk.id, "Clerk", "portal", TRACE)
    assert seconds == 8 * 3600
    assert len(models.SignIn.objects.get().agent) == 200


def test_an_actor_holds_the_operations_of_all_roles_and_their_own(roles: dict[str, str]) -> None:
    one, two, none = make_role("One", "view-common", "view-trades"), make_role("Two", "view-common", "manage-assets"), make_role("None")
    make_operator("clerk", one, two, none)
    assert acting("clerk").operations == {"view-common", "view-trades", "manage-assets", "own"}


def test_without_a_role_nothing_but_ones_own_is_allowed(db: None) -> None:
    make_operator("clerk")
    assert acting("clerk").operations == {"own"}


def test_a_role_changed_now_counts_now(clerk: Operator, roles: dict[str, str]) -> None:
    sign_in = signed_in("clerk")
    models.Role.objects.filter(pk=roles["Support"]).update(operations=["view-audit", "an-operation-of-yesterday"])
    actor = actor_of(sign_in)
    assert actor
    assert actor.operations == {"view-audit", "own"}


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("clerk", "wrong"),
        ("nobody", PASSWORD),
        ("clerk", ""),
        ("", ""),
        ("clerk\0", PASSWORD),
        ("clerk", PASSWORD + "\0"),
        ("clerk", "\ud800"),
        ("clerk", "x" * 1_000_000),
        ("x" * 10_000, PASSWORD),
    ],
)
def test_every_refusal_reads_alike(clerk: Operator, username: str, password: str) -> None:
    with pytest.raises(Unauthenticated, match=r"^The username or the password is wrong\.$"):
        identity().sign_in(username, password, network=OFFICE, agent="")
    assert not models.SignIn.objects.exists()


def test_an_unknown_username_costs_the_same_queries(clerk: Operator) -> None:
    counts = []
    for username in ("clerk", "nobody"):
        with CaptureQueriesContext(connection) as captured, pytest.raises(Unauthenticated):
            identity().sign_in(username, "wrong", network=OFFICE, agent="")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_unknown_username_costs_the_same_hash(clerk: Operator, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    desk().operators.set_password(ROOT, clerk.id, "another good passphrase")
    for username in ("clerk", "nobody", "nobody"):
        with pytest.raises(Unauthenticated):
            identity().sign_in(username, "wrong", network=OFFICE, agent="")
    assert CountingHasher.verified == ["wrong"] * 3


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    verified: ClassVar[list[str]] = []

    def verify(self, password: str, encoded: str) -> bool:
        self.verified.append(password)
        return super().verify(password, encoded)


def test_somebody_inactive_is_refused_like_anybody(clerk: Operator) -> None:
    models.Operator.objects.update(is_active=False)
    with pytest.raises(Unauthenticated, match="The username or the password is wrong"):
        signed_in("clerk")


def test_who_it_is_takes_one_query(clerk: Operator, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    sign_in = signed_in("clerk")
    with django_assert_num_queries(1):
        assert actor_of(sign_in)


def test_being_seen_is_noted_once_a_minute(clerk: Operator, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in = signed_in("clerk")
        clock.shift(61)
        with django_assert_num_queries(2):
            actor_of(sign_in)
        clock.shift(59)
        with django_assert_num_queries(1):
            actor_of(sign_in)
        assert models.SignIn.objects.get().seen_at == MORNING + timedelta(seconds=61)


def test_fifteen_idle_minutes_end_it(clerk: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in = signed_in("clerk")
        clock.shift(timedelta(minutes=14, seconds=59))
        assert actor_of(sign_in)
        clock.shift(timedelta(minutes=15))
        assert actor_of(sign_in) is None


def test_eight_hours_end_it_however_busy(clerk: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in = signed_in("clerk")
        for _ in range(47):
            clock.shift(timedelta(minutes=10))
            assert actor_of(sign_in)
        clock.shift(timedelta(minutes=10))
        assert actor_of(sign_in) is None


@pytest.mark.parametrize("sign_in_id", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_sign_in_is_nobody(db: None, sign_in_id: str) -> None:
    assert actor_of(sign_in_id) is None


def test_signing_out_ends_this_one_only(clerk: Operator) -> None:
    here, there = signed_in("clerk"), signed_in("clerk", network="10.9.9.9")
    identity().sign_out(here)
    identity().sign_out(here)
    assert actor_of(here) is None
    assert actor_of(there)


def test_coming_and_going_are_in_the_trail(clerk: Operator) -> None:
    identity().sign_out(signed_in("clerk"))
    actions = list(AuditRecord.objects.order_by("-id").values_list("action", "actor_name")[:2])
    assert actions == [("identity.sign_out", "Clerk"), ("identity.sign_in", "Clerk")]
    opened = AuditChange.objects.get(record__action="identity.sign_in")
    assert (opened.object_type, opened.after) == ("sign_in", {"operator": "clerk", "network": OFFICE, "agent": "Firefox"})


@pytest.mark.parametrize("change", ["roles", "activity", "password"])
def test_a_change_of_rights_or_password_ends_every_sign_in(clerk: Operator, roles: dict[str, str], change: str) -> None:
    sign_ins = [signed_in("clerk"), signed_in("clerk")]
    kept = {"name": clerk.name, "email": clerk.email}
    if change == "roles":
        desk().operators.update(ROOT, clerk.id, OperatorChange(**kept, is_active=True, roles=[roles["Dealer"]]))
    elif change == "activity":
        desk().operators.update(ROOT, clerk.id, OperatorChange(**kept, is_active=False, roles=clerk.roles))
    else:
        desk().operators.set_password(ROOT, clerk.id, "another good passphrase")
    assert [actor_of(sign_in) for sign_in in sign_ins] == [None, None]
    assert models.SignIn.objects.filter(ended_at=None).count() == 0


def test_a_new_name_ends_nothing(clerk: Operator) -> None:
    sign_in = signed_in("clerk")
    desk().operators.update(ROOT, clerk.id, OperatorChange(name="Renamed", email=clerk.email, is_active=True, roles=clerk.roles))
    actor = actor_of(sign_in)
    assert actor
    assert actor.name == "Renamed"


def test_an_administrator_sees_and_ends_live_ones(clerk: Operator) -> None:
    sign_in = signed_in("clerk")
    [live] = desk().operators.sign_ins(ROOT)
    assert (live.id, live.operator_name, live.network, live.is_current) == (sign_in, "Clerk", OFFICE, False)
    desk().operators.end_sign_in(ROOT, sign_in)
    assert actor_of(sign_in) is None
    assert desk().operators.sign_ins(ROOT) == []
    with pytest.raises(NotFound):
        desk().operators.end_sign_in(ROOT, sign_in)


def test_a_job_acts_with_what_its_requester_holds_now(clerk: Operator, roles: dict[str, str]) -> None:
    before = identity().actor_now("operator", clerk.id, trace_id=TRACE)
    models.Role.objects.filter(pk=roles["Support"]).update(operations=["view-common"])
    after = identity().actor_now("operator", clerk.id, trace_id=TRACE)
    assert before
    assert after
    assert (after.door, after.operations) == ("job", {"view-common", "own"})
    assert len(before.operations) > 2
    models.Operator.objects.update(is_active=False)
    assert identity().actor_now("operator", clerk.id, trace_id=TRACE) is None
