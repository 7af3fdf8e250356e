"""What an object was: after random edits every past moment is rebuilt exactly, from the trail alone."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backoffice.commissions import book
from backoffice.commissions.storing import SYSTEM_FIELDS
from backoffice.contracts import operations
from backoffice.contracts.audit import AsOf
from backoffice.contracts.commissions import NewCommissionProfile
from backoffice.contracts.desk import RoleDraft
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.contracts.markets import MarketPatch
from backoffice.core import audit
from backoffice.services import BackApi, desk
from tests.domain.conftest import api, cfd
from tests.operators.conftest import STRANGER
from tests.portal.desk_people import OWNER

__all__ = ["api"]
pytestmark = pytest.mark.django_db
ONE = timedelta(minutes=1)


def tick() -> None:
    """Every change lies a minute behind the one before, longer than any of them takes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE core_auditrecord SET at = at - interval '1 minute'")
        cursor.execute("SET LOCAL session_replication_role = origin")


def known(state: dict[str, str | None] | None) -> dict[str, str] | None:
    return None if state is None else {name: value for name, value in state.items() if value}


def at(minutes_ago: int, kind: str, id: str, now: datetime) -> AsOf:
    return desk().audit.as_of(OWNER, kind, id, at=now - ONE * minutes_ago)


def market_state(api: BackApi) -> dict[str, str | None]:
    return audit.as_state(api.markets.get(OWNER, "cfd.xau_usd").value)


@pytest.mark.parametrize("seed", range(4))
def test_a_market_at_every_past_minute(api: BackApi, seed: int) -> None:
    random = Random(seed)
    api.markets.create(OWNER, cfd())
    shown = [market_state(api)]
    for _ in range(12):
        tick()
        edits: list[dict[str, Any]] = [
            {"max_leverage": random.choice([None, 5, 10, 50])},
            {"status": random.choice(["Open", "Paused", "Disabled"])},
            {"price_deviation": random.choice([None, Decimal("0.5"), Decimal(2)])},
            {"market_group_id": random.choice([None, "majors"])},
            {"external_ttl": random.choice([None, 5, 60])},
        ]
        version = api.markets.get(OWNER, "cfd.xau_usd").version
        with suppress(Invalid):
            api.markets.patch(OWNER, {"cfd.xau_usd": version}, MarketPatch(**random.choice(edits)))
        shown.append(market_state(api))
    now = timezone.now()
    # The page of a market tells more than what it is made of, as how many others are in its group.
    changes = [change for record in desk().audit.timeline(OWNER, "market", "cfd.xau_usd") for change in record.changes]
    names = {name for change in changes for name in (*change.before, *change.after)}
    states = [known({name: value for name, value in state.items() if name in names}) for state in shown]
    for ago, state in enumerate(reversed(states)):
        found = at(ago, "market", "cfd.xau_usd", now)
        assert known(found.state) == state
        assert known(found.now) == states[-1]
    assert at(len(states), "market", "cfd.xau_usd", now).state is None


@pytest.mark.parametrize("seed", range(4))
def test_a_role_at_every_past_minute_and_behind_its_end(seed: int) -> None:
    random = Random(seed)
    role = desk().roles.create(OWNER, RoleDraft(name="Dealers", operations=["view-common"]))
    states: list[dict[str, str] | None] = []

    def note() -> None:
        held = desk().roles.get(OWNER, role.id).value
        states.append({"name": held.name, "operations": ", ".join(held.operations)})

    note()
    for number in range(8):
        tick()
        held = random.sample(sorted(operations.ALL), random.randint(1, 4))
        desk().roles.update(OWNER, role.id, RoleDraft(name=f"Dealers {number % 3}", operations=held))
        note()
    tick()
    desk().roles.delete(OWNER, role.id)
    states.append(None)
    now = timezone.now()
    for ago, state in enumerate(reversed(states)):
        found = known(at(ago, "role", role.id, now).state)
        assert (found and {name: found.get(name, "") for name in ("name", "operations")}) == state


def test_a_commission_profile_with_the_rules_it_had(api: BackApi) -> None:
    profile = api.commission_profiles.create(OWNER, NewCommissionProfile(name="Standard")).commission_profile_id
    rule = next(one for one in book.snapshot().rules if one.profile_id == profile)
    found = desk().audit.as_of(OWNER, "commission_profile", profile, at=timezone.now())
    shown = next(part for part in found.parts if part.object_id == rule.id)
    assert known(shown.state) == known(audit.as_state(rule, without=SYSTEM_FIELDS))
    assert found.state == {"name": "Standard"}


def test_it_is_for_whoever_may_see_the_object(api: BackApi) -> None:
    api.markets.create(OWNER, cfd())
    with pytest.raises(NotPermitted, match="view-common"):
        desk().audit.as_of(STRANGER, "market", "cfd.xau_usd", at=timezone.now())
    with pytest.raises(NotFound):
        desk().audit.as_of(OWNER, "market", "cfd.unknown", at=timezone.now())
    with pytest.raises(Invalid, match="still to come"):
        desk().audit.as_of(OWNER, "market", "cfd.xau_usd", at=timezone.now() + ONE)
    with pytest.raises(Invalid, match="cannot be told"):
        desk().audit.as_of(OWNER, "operator", "x", at=timezone.now())


def test_of_what_is_older_than_the_trail_only_changed_fields_are_known(api: BackApi) -> None:
    with transaction.atomic():
        recorded = audit.open_record(OWNER, "roles.update")
        audit.changed(recorded, "role", "old", {"name": "Before"}, {"name": "After"})
    tick()
    now = timezone.now()
    assert (at(0, "role", "old", now).state, at(0, "role", "old", now).is_partial) == ({"name": "After"}, True)
    assert at(9, "role", "old", now).state == {"name": "Before"}
