"""A file in: previewed, applied, applied again, undone."""

import pytest

from backoffice.contracts.errors import Conflict
from backoffice.contracts.markets import FieldChange, MarketPatch
from backoffice.core.models import AuditChange
from backoffice.markets.models import Market
from backoffice.services import BackApi
from tests.files.conftest import CLERK, WIRE, applied, as_csv, counts, exported, faults, row, rows, upload, worked


def test_a_preview_says_what_it_would_do_and_does_nothing(api: BackApi) -> None:
    file = upload(as_csv(rows(3)))
    assert (file.stage, counts(file), file.rows_read, file.rows_total) == ("Previewed", (3, 0, 0, 0), 3, 3)
    assert not Market.objects.exists()
    assert api.market_files.result(CLERK, file.id).status == "InProcess"
    first = api.market_files.rows(CLERK, file.id).items[0]
    assert (first.row, first.action, first.market_id) == (2, "Created", "cfd.x0_usd")
    assert FieldChange(field="tickSize", before=None, after="0.01") in first.changes


def test_applying_a_preview_creates_its_markets(api: BackApi) -> None:
    file = upload(as_csv(rows(3)))
    api.market_files.apply(CLERK, file.id)
    file = worked(file.id)
    assert (file.stage, counts(file)) == ("Applied", (3, 0, 0, 0))
    market = api.markets.get(CLERK, "cfd.x1_usd").value
    assert (market.display_name, market.max_leverage, market.status) == ("X1.N", 20, "Open")
    assert [session.id for session in market.market_data_sessions] == ["alt-md", "lp-md"]
    assert AuditChange.objects.filter(object_type="market", record__action="market_files.apply").count() == 3


def test_the_trail_says_the_same_of_an_import_as_of_a_single_creation(api: BackApi) -> None:
    applied(as_csv([row(1)]))
    by_file = AuditChange.objects.get(object_type="market").after
    fields = {name: text for name, text in row(1).items() if text and name != "marketId"}
    assert by_file == fields | {"marketDataSessionIds": "alt-md, lp-md"}


def test_the_same_file_again_changes_nothing(api: BackApi) -> None:
    content = as_csv(rows(5))
    first = applied(content)
    again = upload(content)
    assert (counts(again), again.same_as) == ((0, 0, 5, 0), first.id)
    assert counts(applied(content)) == (0, 0, 5, 0)
    assert set(Market.objects.values_list("version", flat=True)) == {1}


def test_an_update_shows_each_field_before_and_after(api: BackApi) -> None:
    applied(as_csv(rows(2)))
    file = upload(as_csv([row(0, tickSize="0.05", tradingSessionIds="", fullName=""), row(1)]))
    assert counts(file) == (0, 1, 1, 0)
    changed = api.market_files.rows(CLERK, file.id, action="Updated").items
    assert [(item.row, item.changes) for item in changed] == [
        (
            2,
            [
                FieldChange(field="fullName", before="Share 0", after=None),
                FieldChange(field="tickSize", before="0.01", after="0.05"),
                FieldChange(field="tradingSessionIds", before="lp-tr", after=None),
            ],
        )
    ]
    api.market_files.apply(CLERK, file.id)
    file = worked(file.id)
    market = Market.objects.get(pk="cfd.x0_usd")
    assert (counts(file), market.version, market.full_name, sorted(market.sessions.values_list("id", flat=True))) == (
        (0, 1, 1, 0),
        2,
        None,
        ["alt-md", "lp-md"],
    )
    assert api.market_files.rows(CLERK, file.id, action="Updated").items[0].changes == changed[0].changes


def test_a_column_that_is_absent_keeps_what_the_market_has(api: BackApi) -> None:
    applied(as_csv(rows(2)))
    file = applied(as_csv([{"marketId": "cfd.x1_usd", "maxLeverage": "30"}], ["marketId", "maxLeverage"]))
    market = Market.objects.get(pk="cfd.x1_usd")
    assert (counts(file), market.max_leverage, market.tick_size, market.sessions.count()) == ((0, 1, 0, 0), 30, market.tick_size, 3)


def test_an_absent_column_takes_part_in_the_rules(api: BackApi) -> None:
    applied(as_csv(rows(1)))
    file = upload(as_csv([{"marketId": "cfd.x0_usd", "tickSize": "0.001"}], ["marketId", "tickSize"]))
    assert faults(file) == [(2, "tickSize")]


def test_a_market_that_is_unknown_needs_more_than_its_id(api: BackApi) -> None:
    file = upload(as_csv([{"marketId": "cfd.x9_usd", "maxLeverage": "30"}], ["marketId", "maxLeverage"]))
    assert (counts(file), faults(file)) == ((0, 0, 0, 1), [(2, "marketId")])


def test_taking_the_calendar_away_disables_and_says_so(api: BackApi) -> None:
    applied(as_csv(rows(1)))
    file = upload(as_csv([{"marketId": "cfd.x0_usd", "calendarId": ""}], ["marketId", "calendarId"]))
    (shown,) = api.market_files.rows(CLERK, file.id).items
    assert shown.warnings == ["forced to Disabled: it has no calendar", "becomes Disabled"]
    api.market_files.apply(CLERK, file.id)
    worked(file.id)
    assert Market.objects.get().status == "Disabled"


def test_two_markets_may_swap_their_names(api: BackApi) -> None:
    applied(as_csv(rows(2)))
    file = applied(as_csv([row(0, displayName="X1.N"), row(1, displayName="X0.N")]))
    assert counts(file) == (0, 2, 0, 0)
    assert dict(Market.objects.values_list("pk", "display_name")) == {"cfd.x0_usd": "X1.N", "cfd.x1_usd": "X0.N"}


def test_a_name_that_another_market_keeps_is_a_fault_down_the_whole_chain(api: BackApi) -> None:
    applied(as_csv(rows(4)))
    chain = [row(0, displayName="X1.N"), row(1, displayName="X2.N"), row(2, displayName="X3.N")]
    file = upload(as_csv(chain))
    assert faults(file) == [(2, "displayName"), (3, "displayName"), (4, "displayName")]


def test_all_or_nothing_applies_nothing_of_a_file_with_a_fault(api: BackApi) -> None:
    file = upload(as_csv([row(0), row(1, status="Opened")]), "AllOrNothing")
    result = api.market_files.result(CLERK, file.id)
    assert (file.stage, file.stage_reason) == ("Failed", "1 of 2 rows have faults; nothing was applied.")
    assert (result.status, result.created, result.errors, result.incorrect_rows) == ("Failed", 0, 1, [3])
    assert not Market.objects.exists()


def test_valid_rows_applies_what_is_right(api: BackApi) -> None:
    file = upload(as_csv([row(0), row(1, status="Opened"), row(2)]), "ValidRows")
    result = api.market_files.result(CLERK, file.id)
    assert (file.stage, result.status, result.created, result.incorrect_rows) == ("Applied", "Completed", 2, [3])


def test_a_market_that_changed_since_the_preview_brings_a_new_preview(api: BackApi) -> None:
    applied(as_csv(rows(2)))
    file = upload(as_csv([row(0, maxLeverage="50"), row(1)]))
    api.markets.patch(CLERK, {"cfd.x0_usd": 1}, MarketPatch(max_leverage=30))
    api.market_files.apply(CLERK, file.id)
    file = worked(file.id)
    assert file.stage == "Previewed"
    assert "cfd.x0_usd" in (file.stage_reason or "")
    (shown,) = api.market_files.rows(CLERK, file.id, action="Updated").items
    assert shown.changes == [FieldChange(field="maxLeverage", before="30", after="50")]
    api.market_files.apply(CLERK, file.id)
    assert worked(file.id).stage == "Applied"


def test_only_a_preview_can_be_applied(api: BackApi) -> None:
    file = applied(as_csv(rows(1)))
    with pytest.raises(Conflict):
        api.market_files.apply(CLERK, file.id)


def test_what_is_exported_comes_back_unchanged(api: BackApi) -> None:
    spot = dict.fromkeys(WIRE, "") | {"type": "Spot", "baseAssetId": "btc", "quoteAssetId": "usdt", "displayName": "-BTC", "priceScale": "8"}
    spot |= {"amountScale": "8", "minAmount": "0.00000001", "maxBaseAmount": "12345678901234567890.123456789012345678", "fullName": "-1.5"}
    applied(as_csv([*rows(5), spot]))
    for format in ("Csv", "Xlsx"):
        content = exported(format)
        file = upload(content, name=f"markets.{format}")
        assert (file.stage, counts(file)) == ("Previewed", (0, 0, 6, 0)), (file.stage_reason, api.market_files.errors(CLERK, file.id).items)
