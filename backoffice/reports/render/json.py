"""Reports as JSON: the receipt, then the rows, a line each, as the API has them."""

from collections.abc import Callable
from pathlib import Path

from backoffice.contracts.wire import encode
from backoffice.reports import question, receipt, storage
from backoffice.reports.kinds import Column
from backoffice.reports.receipt import Made
from backoffice.reports.snapshot import Snapshot

# Marks that JSON never holds as they are: nothing is quoted, and each line is a row as PostgreSQL made it.
OPTIONS = "FORMAT csv, QUOTE E'\\x01', ESCAPE E'\\x01', DELIMITER E'\\x02'"
EVERY = 5_000
ROWS, END = b'"rows": [\n', b"]}\n"


def write(place: Path, snapshot: Snapshot, made: Made, told: Callable[[int], None]) -> None:
    sql, values = question.rows(made.question, cell, is_json=True)
    said = [{"name": name, "value": value} for name, value in receipt.lines(made)]
    with place.open("wb", buffering=storage.CHUNK) as out:
        out.write(b'{"receipt": ' + encode(said) + b",\n" + ROWS)
        held = b""
        for number, block in enumerate(snapshot.copied(sql, values, OPTIONS)):
            out.write(held.replace(b"\n", b",\n"))
            held = bytes(block)
            if number % EVERY == 0:
                told(number)
        out.write(held + END)


def count(place: Path, made: Made) -> int:  # noqa: ARG001  one signature for all of a table
    """Lines between the first and the last of the frame."""
    return sum(chunk.count(b"\n") for chunk in storage.chunks(place)) - 3


def cell(column: Column) -> str:
    return f"r.{column.attribute}"
