"""What is dangerous asks for a proof of the last minutes, whoever's session it is; nobody else is asked."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from backoffice.contracts.actor import Actor, Door
from backoffice.contracts.desk import NewApiClient, NewOperator, Operator, OperatorChange, RoleDraft
from backoffice.contracts.errors import ConfirmationNeeded, Invalid, TooMany, Unauthenticated
from backoffice.contracts.factors import Proof
from backoffice.core.models import AuditRecord
from backoffice.operators import confirmations, models
from backoffice.permissions import RULES
from backoffice.services import back_api, desk, identity
from tests.money import bank
from tests.operators.conftest import PASSWORD, TRACE, acting, actor_of, make_operator, signed_in
from tests.operators.phone import set_up

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = timedelta(minutes=5, seconds=1)


def test_every_dangerous_verb_is_one_there_is() -> None:
    assert RULES.keys() >= confirmations.DANGEROUS | confirmations.MONEY


def stale(username: str = "administrator", *, door: Door = "portal") -> Actor:
    """Their proof is from an hour ago."""
    actor = acting(username)
    assert actor.confirmed_at
    return msgspec.structs.replace(actor, door=door, confirmed_at=actor.confirmed_at - timedelta(hours=1))


def test_a_fresh_sign_in_is_proof_for_five_minutes(administrator: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in = signed_in("administrator")
        clock.shift(timedelta(minutes=5))
        desk().roles.create(actor(sign_in), RoleDraft(name="In time"))
        clock.shift(1)
        with pytest.raises(ConfirmationNeeded):
            desk().roles.create(actor(sign_in), RoleDraft(name="Too late"))
        identity().confirm(sign_in, Proof(way="password", value=PASSWORD))
        desk().roles.create(actor(sign_in), RoleDraft(name="Confirmed"))
    assert set(models.Role.objects.filter(name__in=["In time", "Too late", "Confirmed"]).values_list("name", flat=True)) == {"In time", "Confirmed"}
    assert AuditRecord.objects.filter(action="identity.confirm").count() == 1


def actor(sign_in: str) -> Actor:
    found = identity().actor_of_sign_in(sign_in, trace_id=TRACE)
    assert found
    return found


def test_what_is_refused_leaves_nothing_behind(administrator: Operator, clerk: Operator) -> None:
    one = stale()
    records = AuditRecord.objects.count()
    change = OperatorChange(name="Renamed", email=clerk.email, is_active=True, roles=clerk.roles)
    draft = NewOperator(username="new", name="New", email="new@example.com", password=PASSWORD)
    for refused in (
        lambda: desk().operators.update(one, clerk.id, change),
        lambda: desk().operators.create(one, draft),
        lambda: desk().operators.set_password(one, clerk.id, "another good passphrase"),
        lambda: desk().operators.reset_factors(one, clerk.id, "Lost"),
        lambda: desk().api_clients.create(one, NewApiClient(name="crm")),
        lambda: desk().api_clients.rotate(one, "any"),
        lambda: desk().api_clients.change_over(one, "any"),
        lambda: desk().factors.begin_authenticator(one),
        lambda: desk().factors.make_recovery_codes(one),
    ):
        with pytest.raises(ConfirmationNeeded):
            refused()
    assert AuditRecord.objects.count() == records
    assert models.Operator.objects.get(pk=clerk.id).name == clerk.name


@pytest.mark.parametrize("door", ["api", "cli", "job"])
def test_only_browsers_are_asked(administrator: Operator, door: Door) -> None:
    desk().roles.create(stale(door=door), RoleDraft(name="Made"))


def test_what_is_not_dangerous_is_not_asked_and_costs_no_query(administrator: Operator, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    one = stale()
    with django_assert_num_queries(1):
        desk().own.email(one)


def test_money_up_to_the_limit_passes_and_above_or_of_unknown_worth_asks(administrator: Operator, settings: Settings) -> None:
    settings.CONFIRM_TRANSFERS_ABOVE = 1_000
    bank.open_bank()
    account, one = bank.open_account(), stale()
    bank.deposit(account, "1000", by=one)
    for amount, asset in (("1000.01", "usd"), ("1", "btc"), ("1", "xau")):
        with pytest.raises(ConfirmationNeeded):
            bank.deposit(account, amount, asset, by=one)
    bank.deposit(account, "1", "btc", by=msgspec.structs.replace(one, confirmed_at=timezone.now()))
    assert bank.balance(account) == ("1000", "0")


def test_many_withdrawals_count_as_what_they_come_to(administrator: Operator, settings: Settings) -> None:
    settings.CONFIRM_TRANSFERS_ABOVE = 1_000
    bank.open_bank()
    account, one = bank.open_account(), stale()
    bank.deposit(account, "5000")
    small = [bank.decision(account, bank.withdraw(account, "600")) for _ in range(2)]
    with pytest.raises(ConfirmationNeeded):
        back_api().transfers.decide(one, [each.transfer_id for each in small], "Completed")
    back_api().transfers.confirm(one, small[0])
    back_api().transfers.cancel(one, small[1])
    assert bank.balance(account) == ("4400", "0")


def test_who_has_a_factor_shows_it_and_not_the_password(administrator: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        here = signed_in("administrator")
        assert identity().ways_to_confirm(here) == {"password"}
        phone, codes = set_up(actor(here), keep=here)
        assert identity().ways_to_confirm(here) == {"code"}
        clock.shift(LATER)
        with pytest.raises(Unauthenticated):
            identity().confirm(here, Proof(way="password", value=PASSWORD))
        with pytest.raises(ConfirmationNeeded):
            desk().factors.make_recovery_codes(actor(here))
        identity().confirm(here, phone.proof())
        desk().factors.make_recovery_codes(actor(here))
        with pytest.raises(Unauthenticated):
            identity().confirm(here, Proof(way="code", value=codes[0]))


def test_guesses_run_into_a_brake(clerk: Operator) -> None:
    here = signed_in("clerk")
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            identity().confirm(here, Proof(way="password", value="a wrong guess"))
    with pytest.raises(TooMany):
        identity().confirm(here, Proof(way="password", value=PASSWORD))


def test_an_ended_sign_in_confirms_nothing(clerk: Operator) -> None:
    here = signed_in("clerk")
    identity().sign_out(here)
    assert identity().ways_to_confirm(here) == frozenset()
    with pytest.raises(Unauthenticated):
        identity().confirm(here, Proof(way="password", value=PASSWORD))
    assert actor_of(here) is None


def test_proving_it_in_one_browser_is_no_proof_in_another(administrator: Operator) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        here, there = signed_in("administrator"), signed_in("administrator")
        clock.shift(LATER)
        identity().confirm(here, Proof(way="password", value=PASSWORD))
        with pytest.raises(ConfirmationNeeded):
            desk().roles.create(actor(there), RoleDraft(name="Theirs"))


def test_the_last_administrator_is_still_asked_first(administrator: Operator) -> None:
    """The gate stands before what the domain would refuse."""
    change = OperatorChange(name=administrator.name, email=administrator.email, is_active=False, roles=administrator.roles)
    with pytest.raises(ConfirmationNeeded):
        desk().operators.update(stale(), administrator.id, change)
    with pytest.raises(Invalid):
        desk().operators.update(acting("administrator"), administrator.id, change)
    make_operator("another")
