"""Reports as a workbook: one sheet of rows, written as they come, and one with the receipt."""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rustpy_xlsxwriter import FastExcel

from backoffice.core.sheets import as_excel, number_of
from backoffice.reports import question, receipt, storage
from backoffice.reports.kinds import Column
from backoffice.reports.receipt import Made
from backoffice.reports.render.csv import cell as plain
from backoffice.reports.snapshot import Snapshot

ROWS, RECEIPT = "Rows", "Receipt"
EVERY = 2_000
ROW = b"<row "
OS_ERROR = re.compile(r"\(os error ([0-9]{1,4})\)")
NONE = "No rows match."


def write(place: Path, snapshot: Snapshot, made: Made, told: Callable[[int], None]) -> None:
    said = ({"Name": as_excel(name), "Value": as_excel(value)} for name, value in receipt.lines(made))
    # The writer goes by the ending of the name.
    workbook = place.with_name(place.name + ".xlsx")
    try:
        FastExcel(str(workbook)).format(bold_headers=True).sheet(ROWS, _records(snapshot, made, told)).sheet(RECEIPT, said).save()
        workbook.rename(place)
    except OSError as error:
        # The writer tells the number of the system's error in words alone.
        number = OS_ERROR.search(str(error))
        raise OSError(int(number[1]), str(error)) if number and error.errno is None else error from error
    finally:
        workbook.unlink(missing_ok=True)


def count(place: Path, made: Made) -> int:
    """Rows of the first sheet but its header; reading every member to its end proves that the archive is whole."""
    found, says_none = 0, False
    with zipfile.ZipFile(place) as archive:
        for member in archive.namelist():
            with archive.open(member) as part:
                ended, head = _counted(part)
            if member == "xl/worksheets/sheet1.xml":
                found, says_none = ended, NONE.encode() in head
    return 0 if made.rows == 0 and found == 2 and says_none else found - 1


def cell(column: Column) -> str:
    """As values to be shown; times as text, with their offset: a date of a spreadsheet has no room for it."""
    return f"r.{column.attribute}::text" if column.kind == "time" else f"r.{column.attribute}"


def _records(snapshot: Snapshot, made: Made, told: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    sql, values = question.rows(made.question, _written)
    names = [column.name for column in made.question.columns]
    if not made.rows:
        # The header comes from the first record.
        yield dict.fromkeys(names, "") | {names[0]: NONE}
        return
    numbers = [column.name for column in made.question.columns if column.kind == "number"]
    for number, row in enumerate(snapshot.cells(sql, values)):
        if number % EVERY == 0:
            told(number)
        record: dict[str, Any] = dict(zip(names, row, strict=True))
        for name in numbers:
            record[name] = number_of(record[name])
        yield record


def _written(column: Column) -> str:
    """Texts as the CSV has them; numbers in digits, which are read here as what a spreadsheet keeps of them."""
    return plain(column) if column.kind in ("text", "flag") else f"r.{column.attribute}::text"


def _counted(part: Any) -> tuple[int, bytes]:
    """Rows, and the beginning of the member."""
    found, rest, head = 0, b"", b""
    while chunk := part.read(storage.CHUNK):
        head = head or chunk
        seen = rest + chunk
        found += seen.count(ROW)
        rest = seen[1 - len(ROW) :]
    return found, head
