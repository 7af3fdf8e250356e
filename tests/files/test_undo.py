"""Undo restores every field that a file changed and removes what it created, or refuses and says why."""

import msgspec
import pytest

from backoffice.contracts.categories import CategoryDraft, CategoryTreeDraft
from backoffice.contracts.errors import Conflict
from backoffice.contracts.market_files import MarketFile
from backoffice.contracts.markets import MarketPatch
from backoffice.contracts.operations import OWN
from backoffice.core.models import AuditChange
from backoffice.markets.models import Market
from backoffice.services import BackApi, desk
from tests.api.callers import OWNER
from tests.commissions.conftest import add_rule
from tests.files.conftest import CLERK, applied, as_csv, exported, row, rows


def change_of_everything() -> MarketFile:
    """Two markets that swap names, lose and gain sessions, and change in several fields; two that are new."""
    first = row(0, displayName="X1.N", status="Paused", fullName="", tradingSessionIds="alt-tr;lp-tr", marketDataSessionIds="", tickSize="0.05")
    second = row(1, displayName="X0.N", swapType="Fix", swapLongAssetId="usd", swapShortAssetId="eur", isConstLeverage="true", marketGroupId="")
    return applied(as_csv([first, second, row(7), row(8)]))


def refused(api: BackApi, file: MarketFile) -> dict[str, list[str]]:
    with pytest.raises(Conflict) as refusal:
        api.market_files.undo(CLERK, file.id)
    return refusal.value.fields


def test_undo_restores_every_field_and_removes_what_was_created(api: BackApi) -> None:
    applied(as_csv(rows(3)))
    before = exported()
    file = change_of_everything()
    assert exported() != before
    api.market_files.undo(CLERK, file.id)
    assert exported() == before
    assert api.market_files.get(CLERK, file.id).stage == "Undone"
    assert api.market_files.result(CLERK, file.id).status == "Completed"


def test_a_file_and_its_markets_name_each_other_in_their_timelines(api: BackApi) -> None:
    file = applied(as_csv(rows(2)))
    api.market_files.undo(CLERK, file.id)
    reader = msgspec.structs.replace(CLERK, operations=CLERK.operations | {OWN})
    of_file = desk().audit.timeline(reader, "market_file", file.id)
    assert [record.action for record in of_file] == ["market_files.undo", "market_files.apply", "market_files.upload"]
    of_market = desk().audit.timeline(reader, "market", "cfd.x0_usd")
    for record, stage in zip(of_market, ("Undone", "Applied"), strict=True):
        ours, market = record.changes
        assert (ours.object_type, ours.after) == ("market_file", {"stage": stage, "name": file.name})
        assert market.object_id == "cfd.x0_usd"
        assert record.change_count == 3


def test_undo_stands_in_the_trail_of_each_market(api: BackApi) -> None:
    applied(as_csv(rows(1)))
    file = applied(as_csv([row(0, maxLeverage="50")]))
    api.market_files.undo(CLERK, file.id)
    latest = api_trail("cfd.x0_usd")[0]
    assert latest == ("market_files.undo", {"maxLeverage": "50"}, {"maxLeverage": "20"})


def api_trail(market_id: str) -> list[tuple[str, object, object]]:
    changes = AuditChange.objects.filter(object_type="market", object_id=market_id).order_by("-id").select_related("record")
    return [(change.record.action, change.before, change.after) for change in changes]


def test_a_later_edit_of_the_same_field_refuses_the_undo_by_name(api: BackApi) -> None:
    applied(as_csv(rows(2)))
    file = applied(as_csv([row(0, maxLeverage="50"), row(1, maxLeverage="50")]))
    api.markets.patch(CLERK, {"cfd.x1_usd": 2}, MarketPatch(max_leverage=60))
    assert refused(api, file) == {"cfd.x1_usd": ["was edited since: maxLeverage"]}
    assert Market.objects.get(pk="cfd.x0_usd").max_leverage == 50


def test_a_later_edit_of_another_field_is_kept(api: BackApi) -> None:
    applied(as_csv(rows(1)))
    file = applied(as_csv([row(0, maxLeverage="50")]))
    api.markets.patch(CLERK, {"cfd.x0_usd": 2}, MarketPatch(status="Paused"))
    api.market_files.undo(CLERK, file.id)
    market = Market.objects.get()
    assert (market.max_leverage, market.status) == (20, "Paused")


def test_an_undo_that_would_break_a_rule_with_later_edits_is_refused(api: BackApi) -> None:
    applied(as_csv([row(0, status="Disabled", lotStep="", minLotAmount="", maxLotAmount="")]))
    file = applied(as_csv([row(0, status="Disabled")]))
    api.markets.patch(CLERK, {"cfd.x0_usd": 2}, MarketPatch(status="Open"))
    assert set(refused(api, file)) == {"cfd.x0_usd"}


def test_a_created_market_that_was_edited_since_stays(api: BackApi) -> None:
    file = applied(as_csv(rows(2)))
    api.markets.patch(CLERK, {"cfd.x1_usd": 1}, MarketPatch(max_leverage=60))
    assert refused(api, file) == {"cfd.x1_usd": ["was created by the file and edited since"]}


def test_a_created_market_that_is_in_a_category_stays(api: BackApi) -> None:
    file = applied(as_csv(rows(1)))
    api.categories.replace(CLERK, CategoryTreeDraft(categories=[CategoryDraft(name="Shares", markets=["cfd.x0_usd"])]))
    assert refused(api, file) == {"cfd.x0_usd": ["was created by the file and is listed since in Shares"]}


def test_a_name_that_somebody_took_since_refuses_the_undo(api: BackApi) -> None:
    applied(as_csv(rows(1)))
    file = applied(as_csv([row(0, displayName="Renamed")]))
    applied(as_csv([row(5, displayName="X0.N")]))
    assert refused(api, file) == {"cfd.x0_usd": ["had a display name that cfd.x5_usd has by now"]}


def test_only_an_applied_file_can_be_undone_and_only_once(api: BackApi) -> None:
    file = applied(as_csv(rows(1)))
    api.market_files.undo(CLERK, file.id)
    with pytest.raises(Conflict):
        api.market_files.undo(CLERK, file.id)
    assert not Market.objects.exists()


def test_a_market_that_a_commission_rule_names_by_now_stays(api: BackApi) -> None:
    file = applied(as_csv(rows(1)))
    add_rule("cfd.x0_usd")
    with pytest.raises(Conflict, match="market_has_commission_rules"):
        api.market_files.undo(OWNER, file.id)
    assert Market.objects.filter(pk="cfd.x0_usd").exists()
