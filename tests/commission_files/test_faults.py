"""Every cell is checked, and so are the rows of a list with one another; every fault is told with its place, a reason and a better value."""

from collections.abc import Callable
from itertools import combinations

import pytest

from backoffice.contracts.tables import FileFormat
from backoffice.services import BackApi
from tests.commission_files.conftest import CLERK, Rows, applied, as_csv, as_rows, counts, faults, row, upload, vip

CELLS: list[tuple[int, str, str, str | None]] = [
    (0, "profileId", "vipp", "vip"),
    (0, "profileId", "VIP", "vip"),
    (0, "profileId", "", None),
    (0, "priority", "one", None),
    (0, "priority", "1.0", "1"),
    (0, "priority", "", "1"),
    (0, "priority", "0", "1"),
    (0, "priority", "7", "1"),
    (0, "priority", "2", None),
    (0, "marketId", "cfd.x0_us", "cfd.x0_usd"),
    (0, "marketId", "", None),
    (1, "marketGroupId", "major", "majors"),
    (0, "isDefault", "yes", "true"),
    (4, "isDefault", "TRUE", "true"),
    (4, "priority", "4", ""),
    (0, "spotSize", "0,1", "0.1"),
    (0, "spotSize", "0.12345", None),
    (0, "spotSize", "101", None),
    (0, "spotSize", "-1", None),
    (0, "spotSize", "1e-2", "0.01"),
    (0, "spotSize", "", None),
    (0, "cfdType", "pervolume", "PerVolume"),
    (0, "cfdType", "Fixed", None),
    (0, "cfdSize", "0.00001", None),
    (1, "cfdSize", "1.255", None),
    (1, "cfdAssetId", "eurr", "eur"),
    (0, "cfdAssetId", "eur", ""),
    (0, "minFeeRAT", "0.001", None),
    (0, "minFeeRAT", "", "0"),
    (0, "minFeeRAT", "=1+1", None),
    (4, "marketId", "cfd.x0_usd", ""),
]


@pytest.mark.parametrize(("line", "column", "value", "suggestion"), CELLS)
def test_a_faulty_cell_is_told_with_what_it_should_be(api: BackApi, line: int, column: str, value: str, suggestion: str | None) -> None:
    lines = vip()
    lines[line][column] = value
    file = upload(as_csv(lines))
    found = [(fault.row, fault.column, fault.value, fault.suggestion) for fault in faults(file)]
    if (column, value) == ("priority", "2"):  # the later of the two is wrong
        assert found == [(3, "priority", "2", "1")]
    else:
        assert found == [(line + 2, column, value, suggestion)]
    assert all(fault.reason for fault in faults(file))
    assert (file.stage, file.change_set_id, file.errors) == ("Faulty", None, 1)


def test_the_later_of_two_rows_for_the_same_names_the_earlier(api: BackApi) -> None:
    lines = [*vip(), row(5, marketId="cfd.x0_usd"), row(6, marketGroupId="stocks"), row("", isDefault="true")]
    said = [(fault.row, fault.column, fault.reason) for fault in faults(upload(as_csv(lines)))]
    assert said == [
        (7, "marketId", "row 2 is for the same cfd.x0_usd"),
        (8, "marketGroupId", "row 5 is for the same stocks"),
        (9, "isDefault", "row 6 is for the same default rule"),
    ]


def test_a_market_and_a_group_in_one_row_are_one_too_many(api: BackApi) -> None:
    lines = vip()
    lines[0]["marketGroupId"] = "stocks"
    assert [(fault.row, fault.column) for fault in faults(upload(as_csv(lines)))] == [(2, "marketGroupId"), (5, "marketGroupId")]


def test_priorities_run_without_gaps_in_each_profile_of_the_file(api: BackApi) -> None:
    lines = [*vip(), row(1, profileId="partners", marketId="cfd.x2_usd"), row(3, profileId="partners", marketId="cfd.x3_usd")]
    (fault,) = faults(upload(as_csv(lines)))
    assert (fault.row, fault.column, fault.suggestion) == (8, "priority", "2")
    assert fault.reason == "must be from 1 to 2: so many rules of the profile are in the file"


def test_all_faults_of_a_row_are_told_at_once(api: BackApi) -> None:
    lines = vip()
    lines[1] |= {"marketGroupId": "majorss", "spotSize": "x", "cfdType": "Lot", "minFeeRAT": "-1"}
    assert [fault.column for fault in faults(upload(as_csv(lines)))] == ["marketGroupId", "spotSize", "cfdType", "minFeeRAT"]


def test_nothing_is_said_of_a_list_whose_rows_cannot_be_counted(api: BackApi) -> None:
    lines = vip()
    lines[1]["profileId"] = "nobody-knows-this"
    assert [(fault.row, fault.column) for fault in faults(upload(as_csv(lines)))] == [(3, "profileId")]


def test_an_unknown_column_fails_the_file_with_the_nearest_name(api: BackApi) -> None:
    file = upload(as_csv(vip()).replace(b"spotSize", b"spotsise"))
    (fault,) = faults(file)
    assert (file.stage, fault.column, fault.suggestion, file.rows, file.errors) == ("Faulty", "spotsise", "spotSize", 0, 0)
    assert "did you mean spotSize?" in (file.reason or "")


@pytest.mark.parametrize("column", ["profileId", "priority", "spotSize", "cfdType", "cfdSize", "minFeeRAT"])
def test_a_list_without_one_of_its_columns_is_no_list(api: BackApi, column: str) -> None:
    file = upload(as_csv(vip(), [name for name in vip()[0] if name != column]))
    assert [fault.column for fault in faults(file)] == [column]


Plant = Callable[[Rows], tuple[int, str]]


def _plant(line: int, column: str, value: str) -> Plant:
    def plant(lines: Rows) -> tuple[int, str]:
        lines[line][column] = value
        return line + 2, column

    return plant


# Rows that have nothing to do with each other's faults.
PLANTS = [
    _plant(0, "marketId", "cfd.x0_us"),
    _plant(0, "spotSize", "0,1"),
    _plant(0, "cfdSize", "-1"),
    _plant(1, "marketGroupId", "majorz"),
    _plant(1, "cfdAssetId", "eurr"),
    _plant(1, "minFeeRAT", "0.001"),
    _plant(2, "cfdType", "PerTrade"),
    _plant(2, "spotSize", "100.5"),
    _plant(2, "minFeeRAT", "free"),
    _plant(3, "priority", "four"),
    _plant(3, "cfdSize", "0.00001"),
    _plant(4, "marketId", "cfd.x0_usd"),
    _plant(4, "spotSize", "1e"),
]


def test_any_two_planted_faults_are_found_and_no_others(api: BackApi) -> None:
    for two in combinations(PLANTS, 2):
        lines = vip()
        planted = {plant(lines) for plant in two}
        assert {(fault.row, fault.column) for fault in faults(upload(as_csv(lines)))} == planted


@pytest.mark.parametrize("format", ["Csv", "Xlsx"])
def test_the_incorrect_rows_come_back_repaired_among_the_right_ones(api: BackApi, format: FileFormat) -> None:
    lines = vip()
    lines[1]["marketGroupId"], lines[3]["spotSize"], lines[3]["priority"] = "majorz", "'=1", "3"
    first = upload(as_csv(lines))
    place = api.rule_files.errors_file(CLERK, first.id, format=format)
    assert first.errors == 2
    if format == "Xlsx":
        again = upload(place.read_bytes())
        assert [(fault.row, fault.column) for fault in faults(again)] == [(fault.row, fault.column) for fault in faults(first)]
        place = api.rule_files.errors_file(CLERK, again.id, format="Csv")
    wrong = as_rows(place.read_bytes())
    assert [one["#row"] for one in wrong] == ["3", "5"]
    assert "suggestion: majors" in wrong[0]["#faults"]
    wrong[0]["marketGroupId"], wrong[1]["spotSize"], wrong[1]["priority"] = "majors", "0.1", "4"
    repaired = upload(as_csv(wrong, wrong[0]))
    assert (repaired.stage, repaired.rows, repaired.repairs is not None) == ("Drafted", 5, True), faults(repaired)
    applied(repaired)
    assert upload(as_csv(vip())).stage == "Unchanged"


def test_a_repair_of_a_file_that_is_not_kept_is_told_so(api: BackApi) -> None:
    named = [one | {"#file": "0d4ad4d4-9b3f-4bd7-8b5a-1b4cc0ad2a3e"} for one in vip()]
    file = upload(as_csv(named, named[0]))
    assert (file.stage, [fault.column for fault in faults(file)]) == ("Faulty", ["#file"])
    assert counts(file) == (0, 0, 0, 0)
