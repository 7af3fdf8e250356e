"""Each state-changing call leaves one record, in the same transaction, and reading leaves none."""

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.core.models import AuditChange, AuditRecord
from backoffice.guard import RULES, guarded
from backoffice.services import BackApi, back_api, desk
from tests.domain.conftest import DEALER, cfd


def test_a_change_is_recorded_with_its_author_and_both_sides(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    record = AuditRecord.objects.latest("id")
    assert (record.action, record.actor_name, record.door, record.trace_id) == ("markets.create", "dealer", "portal", "trace-dealer")
    change = AuditChange.objects.get(record=record)
    assert (change.object_type, change.object_id, change.before) == ("market", "cfd.xau_usd", {})
    assert change.after["displayName"] == "XAU/USD"


def test_a_refused_change_leaves_no_record(api: BackApi) -> None:
    before = AuditRecord.objects.count()
    with pytest.raises(Invalid):
        api.market_groups.create(DEALER, NewMarketGroup(name=" "))
    api.markets.names(DEALER)
    assert AuditRecord.objects.count() == before


def test_the_trail_can_only_grow(api: BackApi) -> None:
    for statement in ("UPDATE core_auditrecord SET actor_name = 'nobody'", "DELETE FROM core_auditchange"):
        with pytest.raises(DatabaseError, match="append"), connection.cursor() as cursor:
            cursor.execute(statement)
        break


def test_every_verb_of_every_capability_has_its_rule() -> None:
    for face in (back_api(), desk()):
        for capability in vars(face):
            for verb in vars(getattr(face, capability)):
                assert f"{capability}.{verb}" in RULES


def test_a_verb_without_a_rule_stops_the_start() -> None:
    class Unruled:
        def act(self) -> None: ...

    with pytest.raises(KeyError):
        guarded("unruled", Unruled(), Unruled)


@pytest.mark.django_db
def test_a_race_lost_to_a_constraint_is_a_conflict() -> None:
    class Racing:
        def create(self, actor: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO markets_marketgroup (id, name, version) VALUES ('Not A Slug', 'x', 1)")

    with pytest.raises(Conflict, match="market_group_id_is_a_slug"):
        guarded("market_groups", Racing(), Racing).create(DEALER)
