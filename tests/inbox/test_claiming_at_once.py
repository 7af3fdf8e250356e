"""Several people reach for the same thing in the same moment: one gets it, the others are told who."""

import pytest

from backoffice.contracts.errors import Conflict
from backoffice.inbox.models import Mark
from backoffice.services import back_api
from tests.inbox import things
from tests.inbox.test_inbox import person
from tests.money.test_races import at_once

pytestmark = [pytest.mark.xdist_group("races")]
PEOPLE = 8


@pytest.mark.django_db(transaction=True)
def test_one_of_many_who_claim_at_once_has_it() -> None:
    things.dead_callback()
    people = [person(f"Person{number}") for number in range(PEOPLE)]
    results = at_once([lambda who=who: back_api().inbox.claim(who, "CallbackDead", "crm.example.com") for who in people])  # type: ignore[misc]  a bound default
    winners = [who for who, result in zip(people, results, strict=True) if result is None]
    refusals = [result for result in results if result is not None]
    assert len(winners) == 1
    assert all(isinstance(refusal, Conflict) and refusal.detail == f"{winners[0].name} works at this." for refusal in refusals)
    assert Mark.objects.get().claimed_name == winners[0].name


@pytest.mark.django_db(transaction=True)
def test_an_expired_claim_goes_to_one_of_many() -> None:
    things.dead_callback()
    back_api().inbox.claim(person("Gone"), "CallbackDead", "crm.example.com")
    Mark.objects.update(claimed_until=things.ago(1))
    people = [person(f"Person{number}") for number in range(PEOPLE)]
    results = at_once([lambda who=who: back_api().inbox.claim(who, "CallbackDead", "crm.example.com") for who in people])  # type: ignore[misc]  a bound default
    assert results.count(None) == 1
