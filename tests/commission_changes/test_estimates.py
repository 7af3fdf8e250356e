"""Impacts in the worker: asked for, computed by one at a time, canceled, tried again after a worker's death, and read by those that change most."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from backoffice.commission_changes import claims, impact, impacts
from backoffice.commission_changes.models import ChangeSet, ImpactRow
from backoffice.contracts import commission_changes as wanted
from backoffice.contracts.commission_changes import ChangeSetDraft, ImpactQuery, Period
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.jobs import commission_changes as jobs
from backoffice.markets.models import RootRate
from backoffice.services import back_api
from tests.api.callers import OWNER
from tests.commission_changes.conftest import GOLD, NOVEMBER, WORKER, dearer, draft, estimated, traded
from tests.commissions.conftest import fee

EUR = "spot.btc_eur"


@pytest.fixture
def trades(rules: dict[str, str], accounts: dict[str, str]) -> dict[str, str]:
    """anna: an order of two fills in gold, and one in btc for eur; boris: one in gold."""
    traded(accounts["anna"], GOLD, {"rate_to_root": Decimal(1)}, {"rate_to_root": Decimal(1)})
    traded(accounts["anna"], EUR, {}, number=2)
    traded(accounts["boris"], GOLD, {"rate_to_root": Decimal(1)}, number=3, user="boris")
    return rules


def rows(made: str, kind: Any = "Market") -> list[tuple[str, int, str, str]]:
    found = back_api().commission_changes.impact(OWNER, made, ImpactQuery(kind=kind)).rows
    return [(row.key, row.executions, str(row.old_in_rat), str(row.new_in_rat)) for row in found]


def later(made: str) -> None:
    """The lease of whoever held it has run out."""
    ChangeSet.objects.filter(pk=made).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_old_stands_beside_new(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"], fee(cfd="0.02", least="5")), dearer(trades["gold"], fee(lot="3")))
    summary = estimated(made)
    assert (summary.status, summary.executions, summary.period, summary.requested_by) == ("Done", 4, NOVEMBER, "tests")
    # Gold: 0.01 % of 2 x 30,000 and of 30,000 against 0.02 %, and 3 for each of 0.5 lots; btc for eur is free before and after.
    assert rows(made) == [(GOLD, 3, "9", "13.5"), (EUR, 1, "0", "0")]
    assert rows(made, "Client") == [("anna", 3, "6", "12"), ("boris", 1, "3", "1.5")]
    assert (str(summary.old_in_rat), str(summary.new_in_rat)) == ("9", "13.5")
    assert (summary.rows_done, summary.rows_total) == (3, 3)


def test_rows_go_on_behind_a_cursor(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"]))
    estimated(made)
    first = back_api().commission_changes.impact(OWNER, made, ImpactQuery(limit=1))
    assert first.next is not None
    second = back_api().commission_changes.impact(OWNER, made, ImpactQuery(limit=1, after=first.next))
    assert [row.key for row in (*first.rows, *second.rows)] == [GOLD, EUR]
    assert second.next is None
    with pytest.raises(Invalid):
        back_api().commission_changes.impact(OWNER, made, ImpactQuery(after="x"))


def test_an_applied_one_still_shows_what_it_did(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"], fee(cfd="0.02")))
    back_api().commission_changes.apply(OWNER, made)
    assert estimated(made).status == "Done"
    assert rows(made)[0] == (GOLD, 3, "9", "15")


def test_a_new_one_takes_the_place_of_an_earlier_one(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"]))
    estimated(made)
    empty = Period(from_=NOVEMBER.from_ - timedelta(days=30), to=NOVEMBER.from_)
    assert estimated(made, empty).executions == 0
    assert rows(made) == []


def test_a_period_has_a_length(trades: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        back_api().commission_changes.estimate(OWNER, draft(), Period(from_=NOVEMBER.to, to=NOVEMBER.to))
    assert list(refusal.value.fields) == ["to"]


def test_what_is_discarded_is_not_computed(trades: dict[str, str]) -> None:
    made = draft()
    back_api().commission_changes.discard(OWNER, made)
    with pytest.raises(Conflict):
        back_api().commission_changes.estimate(OWNER, made, NOVEMBER)


def test_the_sweep_computes_what_nobody_rang_for(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"]))
    back_api().commission_changes.estimate(OWNER, made, NOVEMBER)
    jobs.estimate_all()
    assert back_api().commission_changes.get(OWNER, made).value.change_set.impact.status == "Done"  # type: ignore[union-attr]
    assert back_api().commission_changes.due(WORKER, "Estimate") == []


def test_a_fee_in_an_asset_without_a_rate_says_so(trades: dict[str, str]) -> None:
    RootRate.objects.filter(asset_id="eur").delete()
    made = draft(dearer(trades["metals"], fee(lot="3", asset="eur")))
    summary = estimated(made)
    assert (summary.status, summary.reason) == ("Failed", "There is no rate to the root asset of eur, in which a fee per lot is given.")


def test_canceling_stops_whoever_computes(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"]))
    back_api().commission_changes.estimate(OWNER, made, NOVEMBER)
    taken = claims.claim(ChangeSet.objects.get().pk)
    assert taken is not None
    back_api().commission_changes.cancel_estimate(OWNER, made)
    with pytest.raises(claims.LeaseLost):
        impacts._compute(*taken)
    found = back_api().commission_changes.impact(OWNER, made, ImpactQuery())
    assert (found.summary, found.rows) == (None, [])


def test_editing_stops_whoever_computes(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"]))
    back_api().commission_changes.estimate(OWNER, made, NOVEMBER)
    taken = claims.claim(ChangeSet.objects.get().pk)
    assert taken is not None
    back_api().commission_changes.edit(OWNER, made, ChangeSetDraft(name="Other"))
    with pytest.raises(claims.LeaseLost):
        impacts._compute(*taken)
    assert not ImpactRow.objects.exists()


def test_one_that_is_held_is_left_alone_until_its_lease_ends(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"]))
    api = back_api().commission_changes
    api.estimate(OWNER, made, NOVEMBER)
    first = claims.claim(ChangeSet.objects.get().pk)
    assert first is not None
    api.run(WORKER, made)
    assert api.get(OWNER, made).value.change_set.impact.status == "Running"  # type: ignore[union-attr]
    assert api.due(WORKER, "Estimate") == []
    later(made)
    api.run(WORKER, made)
    assert api.get(OWNER, made).value.change_set.impact.status == "Done"  # type: ignore[union-attr]
    with pytest.raises(claims.LeaseLost):
        first[1].write(impact_rows_done=1)


def test_one_that_keeps_killing_its_worker_fails_after_three_claims(trades: dict[str, str]) -> None:
    made = draft(dearer(trades["metals"]))
    back_api().commission_changes.estimate(OWNER, made, NOVEMBER)
    pk = ChangeSet.objects.get().pk
    for _ in range(claims.CLAIMS_MOST):
        assert claims.claim(pk) is not None
        later(made)
    assert claims.claim(pk) is None
    summary = back_api().commission_changes.get(OWNER, made).value.change_set.impact
    assert summary is not None
    assert (summary.status, summary.reason) == ("Failed", "It stopped the worker 3 times.")


def test_one_that_waits_too_long_is_told_of_and_so_is_an_instant_that_passed(trades: dict[str, str]) -> None:
    def is_ready() -> bool:
        return bool(Client().get("/readyz").json()["checks"]["outbox"]["ok"])

    made, long_ago = draft(dearer(trades["metals"])), timezone.now() - timedelta(minutes=16)
    back_api().commission_changes.estimate(OWNER, made, NOVEMBER)
    back_api().commission_changes.schedule(OWNER, made, timezone.now() + timedelta(hours=1))
    assert is_ready()
    ChangeSet.objects.update(impact_asked_at=long_ago)
    assert not is_ready()
    jobs.estimate_all()
    assert is_ready()
    ChangeSet.objects.update(apply_at=long_ago)
    assert not is_ready()


def test_a_worker_leaves_nothing_on_its_connection(trades: dict[str, str]) -> None:
    estimated(draft(wanted.DeleteRule(commission_profile_rule_id=trades["metals"])))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'impact%'")
        assert cursor.fetchone() == (0,)


def test_chunks_cover_the_period(trades: dict[str, str]) -> None:
    total, spans = impact.chunks(NOVEMBER, 1)
    assert total >= 3
    assert (spans[0][0], spans[-1][1]) == (NOVEMBER.from_, NOVEMBER.to)
    assert all(one[1] == other[0] for one, other in pairwise(spans))
