"""Rule files go through the doors of market files: what is hostile is refused with its reason, at once, and leaves nothing behind."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backoffice.commission_files.models import RuleFile
from backoffice.contracts.errors import Invalid
from backoffice.services import BackApi
from tests.commission_files.conftest import CLERK, as_csv, faults, row, upload, vip
from tests.files import test_hostile as hostile

SECONDS_MOST = 60
HEADER = as_csv([]).strip()

# Made for the header of markets, or larger than a rule file may be at all.
OTHERS = {"only blanks", "a million columns", "no XML", "too many rows", "a cell at the far end"}
TOO_LARGE = (b"a" * 2_000_001, "is larger than 2,000,000 bytes")
KINDS = {name: found for name, found in (hostile.REFUSED | hostile.FAILED).items() if name not in OTHERS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_file_is_refused_and_leaves_nothing(api: BackApi, kind: str, storage: Path) -> None:
    make, reason = KINDS[kind]
    content = make().replace(hostile.HEADER.encode(), HEADER)
    if len(content) > 2_000_000:
        content, reason = TOO_LARGE
    began = time.monotonic()
    with pytest.raises(Invalid, match=reason):
        api.rule_files.upload(CLERK, io.BytesIO(content), name="x.csv")
    assert time.monotonic() - began < SECONDS_MOST
    assert (list(storage.iterdir()), RuleFile.objects.count()) == ([], 0)


LINES: dict[str, Callable[[], bytes]] = {
    "no header": lambda: b"\n\n,,,\n",
    "a million columns": lambda: b"," * 900_000 + b"\n",
    "header alone": lambda: HEADER + b"\n",
    "another table": lambda: b"marketId,type\ncfd.x0_usd,Cfd\n",
}


@pytest.mark.parametrize("kind", LINES)
def test_a_file_that_says_nothing_of_rules_changes_none(api: BackApi, kind: str) -> None:
    file = upload(LINES[kind]())
    assert file.change_set_id is None
    assert file.stage == ("Unchanged" if kind == "header alone" else "Faulty")


def test_cells_that_a_spreadsheet_would_run_come_back_neutralised(api: BackApi) -> None:
    lines = vip()
    lines[0]["profileId"] = "=HYPERLINK(1)"
    file = upload(as_csv(lines))
    said = api.rule_files.errors_file(CLERK, file.id, format="Csv").read_text()
    assert "'=HYPERLINK(1)" in said
    assert ",=HYPERLINK" not in said


def test_a_faulty_cell_is_kept_only_as_far_as_it_can_matter(api: BackApi) -> None:
    file = upload(as_csv([*vip()[:3], row(4, marketGroupId="x" * 9_999), vip()[4]]))
    assert len(faults(file)[0].value) == 200
    assert max(len(text) for _, texts in RuleFile.objects.get(pk=file.id).lines for text in texts) == 500
