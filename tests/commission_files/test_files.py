"""What a good file becomes: a change set of what differs, nothing where nothing does; and rules out that come back as they are."""

import pytest

from backoffice.commissions import book
from backoffice.commissions.models import Rule
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.contracts.tables import FileFormat
from backoffice.services import BackApi
from tests.commission_files.conftest import CLERK, NAMES, applied, as_csv, as_rows, counts, exported, faults, row, upload, vip


def test_a_file_becomes_a_draft_whose_changes_are_the_difference(api: BackApi) -> None:
    before = book.snapshot()
    file = upload(as_csv(vip()))
    assert (file.stage, file.rows, counts(file), file.profile_ids) == ("Drafted", 5, (1, 4, 0, 0), ["vip"]), faults(file)
    detail = api.commission_changes.get(CLERK, file.change_set_id or "").value
    assert (detail.change_set.status, detail.change_set.change_count) == ("Draft", 5)
    assert {change.commission_profile_id for change in detail.changes} == {"vip"}
    assert book.snapshot() == before


def test_an_applied_file_is_what_the_rules_are(api: BackApi) -> None:
    applied(upload(as_csv(vip())))
    assert [(rule.priority, rule.market_id or rule.market_group_id, str(rule.fee.spot.size)) for rule in book.rules("vip")] == [
        (1, "cfd.x0_usd", "0.1"),
        (2, "majors", "0.1"),
        (3, "cfd.x1_usd", "0.1"),
        (4, "stocks", "0.1"),
        (None, None, "0.3"),
    ]
    assert upload(as_csv(vip())).stage == "Unchanged"


def test_rules_that_a_list_leaves_out_go_but_its_default_rule_stays(api: BackApi) -> None:
    default = book.rules("vip")[-1]
    file = upload(as_csv([row(1, marketId="cfd.x1_usd"), row(2, marketId="cfd.x5_usd")]))
    assert counts(file) == (1, 1, 2, 0)
    applied(file)
    assert [rule.market_id for rule in book.rules("vip")] == ["cfd.x1_usd", "cfd.x5_usd", None]
    assert book.rules("vip")[-1].fee == default.fee
    assert len(book.rules("partners")) == 2


def test_a_rule_that_only_moves_keeps_its_id_and_its_version(api: BackApi) -> None:
    lines = [one for one in as_rows(exported(profile_id="vip")) if one["isDefault"] != "true"]
    for place, one in enumerate(reversed(lines), start=1):
        one["priority"] = str(place)
    before = {rule.id: rule.version for rule in book.rules("vip")}
    file = upload(as_csv(lines))
    assert counts(file) == (0, 2, 0, 1)
    applied(file)
    assert [rule.market_id for rule in book.rules("vip")][:3] == ["cfd.x1_usd", None, "cfd.x0_usd"]
    assert {rule.id: rule.version for rule in book.rules("vip")} == before


@pytest.mark.parametrize("format", ["Csv", "Xlsx"])
@pytest.mark.parametrize("profile_id", [None, "vip"])
def test_what_is_exported_comes_back_as_unchanged(api: BackApi, format: FileFormat, profile_id: str | None) -> None:
    file = upload(exported(format, profile_id), f"rules.{format.lower()}")
    assert (file.stage, counts(file)) == ("Unchanged", (0, 0, 0, 4 if profile_id else 7)), faults(file)


def test_an_export_has_the_columns_of_an_import_and_names_the_root_asset(api: BackApi) -> None:
    lines = as_rows(exported())
    assert tuple(lines[0]) == NAMES
    assert [(one["profileId"], one["priority"]) for one in lines if one["isDefault"] == "true"] == [("default", ""), ("partners", ""), ("vip", "")]
    assert [one["cfdAssetId"] for one in lines if one["cfdType"] == "PerLot"] == ["eur", "usd"]


def test_columns_come_in_any_order_and_with_any_delimiter(api: BackApi) -> None:
    content = as_csv(as_rows(exported()), [*reversed(NAMES)], delimiter=";")
    assert upload(b"\xef\xbb\xbf" + content.replace(b"\r\n", b"\n")).stage == "Unchanged"


def test_an_applied_file_can_be_undone(api: BackApi) -> None:
    before = exported()
    file = upload(as_csv(vip()))
    applied(file)
    assert exported() != before
    api.commission_changes.undo(CLERK, file.change_set_id or "")
    assert exported() == before


def test_the_default_rule_may_say_that_it_is_last(api: BackApi) -> None:
    lines = vip()
    lines[-1]["priority"] = "5"
    assert upload(as_csv(lines)).stage == "Drafted"


def test_a_file_of_the_largest_number_of_rows_is_answered_at_once_and_one_more_is_refused(api: BackApi, settings: object) -> None:
    settings.RULE_FILE_MAX_ROWS = 5  # type: ignore[attr-defined]
    assert upload(as_csv(vip())).stage == "Drafted"
    with pytest.raises(Invalid, match="more than 5 data rows"):
        upload(as_csv([*vip(), row(5, marketId="cfd.x4_usd")]))


def test_nobody_without_the_operation_reads_or_sends_files(api: BackApi) -> None:
    nobody = CLERK.__class__(kind="operator", id="n", name="n", door="portal", operations=frozenset({"view-commission-rules"}))
    with pytest.raises(NotPermitted):
        api.rule_files.upload(nobody, None, name="x")  # type: ignore[arg-type]
    assert api.rule_files.download(nobody)[0] == "commission-rules.csv"
    with pytest.raises(NotFound):
        api.rule_files.download(CLERK, profile_id="nobody")
    with pytest.raises(NotFound):
        api.rule_files.get(CLERK, "not-an-id")


def test_an_upload_is_in_the_trail_and_leaves_no_file_behind(api: BackApi, storage: object) -> None:
    file = upload(as_csv(vip()))
    assert list(storage.iterdir()) == []  # type: ignore[attr-defined]
    assert file.requested_by == "clerk"
    assert Rule.objects.count() == 7
