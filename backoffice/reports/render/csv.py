"""Reports as CSV: PostgreSQL writes the lines, and they go to the file as they come."""

from collections.abc import Callable
from pathlib import Path

from backoffice.core import sheets
from backoffice.reports import question, receipt, storage
from backoffice.reports.kinds import Column
from backoffice.reports.receipt import Made
from backoffice.reports.snapshot import Snapshot

OPTIONS = "FORMAT csv, HEADER true"
EVERY = 5_000
COMMENT = b"# "
FORMULA = ", ".join(str(ord(letter)) for letter in sheets.FORMULA)


def write(place: Path, snapshot: Snapshot, made: Made, told: Callable[[int], None]) -> None:
    sql, values = question.rows(made.question, cell)
    with place.open("wb", buffering=storage.CHUNK) as out:
        if made.report.receipt_place == "Header":
            out.writelines(COMMENT + f"{name}: {value}\n".encode() for name, value in receipt.lines(made))
        for number, block in enumerate(snapshot.copied(sql, values, OPTIONS)):
            out.write(block)
            if number % EVERY == 0:
                told(number)


def count(place: Path, made: Made) -> int:  # noqa: ARG001  one signature for all of a table
    """Rows that the file has, header and comments apart. Line breaks within quotes end no row."""
    ended, is_quoted = -1, False
    with place.open("rb") as file:
        begins = 0
        while file.readline().startswith(COMMENT):
            begins = file.tell()
        file.seek(begins)
        while chunk := file.read(storage.CHUNK):
            if not is_quoted and b'"' not in chunk:
                ended += chunk.count(b"\n")
                continue
            pieces = chunk.split(b'"')
            ended += sum(piece.count(b"\n") for piece in pieces[is_quoted::2])
            is_quoted ^= len(pieces) % 2 == 0
    return ended


def cell(column: Column) -> str:
    """Texts that a spreadsheet would take for a formula get a leading apostrophe, as sheets.neutral has it."""
    name = f"r.{column.attribute}"
    if column.kind == "flag":
        return f"CASE {name} WHEN true THEN 'true' WHEN false THEN 'false' END"
    if column.kind != "text":
        return name
    # Of all texts the first letter is looked at: a pattern for each would take longer than the rows.
    return f"CASE WHEN ascii({name}) IN ({FORMULA}) AND {name} !~ '^-?[0-9]{{1,40}}([.][0-9]{{1,40}})?$' THEN '''' || {name} ELSE {name} END"
