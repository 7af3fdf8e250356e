"""Whatever a file says, its counts add up and reading it again changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.services import BackApi
from tests.files.conftest import CLERK, Rows, as_csv, counts, exported, row, upload

WORDS = " 0 1 -1 0.001 1e3 NaN usd eur x1 X1 Spot Perp Perpetual Open Disabled Fix true lp-tr '=x"
CELLS = st.one_of(
    st.sampled_from(WORDS.split(" ")),
    st.text(st.characters(exclude_characters="\x00\r\n", exclude_categories=["Cs"]), max_size=12),
)
CHANGES = st.dictionaries(st.sampled_from([name for name in row() if name != "marketId"]), CELLS, max_size=4)
Drawn = list[tuple[int, dict[str, str]]]
FILES = st.lists(st.tuples(st.integers(0, 12), CHANGES), min_size=1, max_size=12)


def lines(drawn: Drawn) -> Rows:
    return [row(number) | changes for number, changes in drawn]


@settings(max_examples=40)
@given(first=FILES, second=FILES)
def test_counts_add_up_and_a_second_reading_is_unchanged(api: BackApi, first: Drawn, second: Drawn) -> None:
    for drawn in (first, second):
        content = as_csv(lines(drawn))
        file = upload(content, "ValidRows")
        assert file.stage == "Applied", file.stage_reason
        assert sum(counts(file)) == len(drawn)
        again = upload(content)
        assert counts(again) == (0, 0, file.created + file.updated + file.unchanged, file.errors)
        result = api.market_files.result(CLERK, file.id)
        assert len(result.incorrect_rows) == file.errors
        told = {fault.row for fault in api.market_files.errors(CLERK, file.id).items}
        assert told == set(result.incorrect_rows)
    export = upload(exported())
    assert (export.created, export.updated, export.errors) == (0, 0, 0)


@settings(max_examples=25)
@given(first=FILES, second=FILES)
def test_an_undo_restores_what_was(api: BackApi, first: Drawn, second: Drawn) -> None:
    upload(as_csv(lines(first)), "ValidRows")
    before = exported()
    file = upload(as_csv(lines(second)), "ValidRows")
    api.market_files.undo(CLERK, file.id)
    assert exported() == before
