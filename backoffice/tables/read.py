"""Rows of an uploaded file, one at a time: (line of the file, cells). Bad bytes and sizes end the file with a reason."""

import codecs
import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from backoffice.contracts.tables import FileFormat
from backoffice.tables import workbook

Rows = Iterator[tuple[int, list[str]]]

CELL_MOST = 10_000
LINE_MOST = 1_000_000
LINES_MOST = 1_000_000
COLUMNS_MOST = 200
CHUNK = 1 << 16


class Unreadable(Exception):
    """The file cannot be read on; the message is for its owner."""


class Source(NamedTuple):
    rows: Rows
    lines: int | None  # how many there may be, when that is known early


@contextmanager
def opened(
    place: Path, format: FileFormat, *, waiting: Callable[[], None] = lambda: None, seconds: float = workbook.SECONDS_MOST
) -> Iterator[Source]:
    """All lines with anything in them. `waiting` is called from time to time while a workbook is unpacked, for `seconds` at most."""
    if format == "Xlsx":
        with workbook.opened(place, waiting, seconds=seconds) as rows:
            yield Source(_xlsx(rows), None)
        return
    lines = inspected(place)
    with place.open(encoding="utf-8-sig", newline="") as text:
        yield Source(_csv(text, _delimiter(place)), lines)


def inspected(place: Path) -> int:
    """Lines of a CSV file, after a look at every byte that costs little and keeps the reader's memory flat."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, run = 0, 0
    with place.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\x00" in chunk:
                raise Unreadable(f"Line {lines + chunk[: chunk.find(0)].count(10) + 1} has NUL bytes: the file is binary, or not encoded as UTF-8.")
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise Unreadable(f"Line {lines + chunk[: error.start].count(10) + 1} is not UTF-8; save the file as CSV UTF-8.") from error
            breaks = max(chunk.count(b"\n"), chunk.count(b"\r"))
            run = 0 if breaks else run + len(chunk)
            if run > LINE_MOST:
                raise Unreadable(f"Line {lines + 1} is longer than {LINE_MOST:,} bytes.")
            lines += breaks
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable("The file ends in the middle of a character; it is cut off, or not UTF-8.") from error
    if lines > LINES_MOST:
        raise Unreadable(f"The file has more than {LINES_MOST:,} lines.")
    return lines


def _delimiter(place: Path) -> str:
    """Of comma, semicolon and tab the one that the first line with any of them has most of."""
    with place.open(encoding="utf-8-sig", newline="") as text:
        for line in text:
            counts = {mark: line.count(mark) for mark in (",", ";", "\t")}
            if any(counts.values()) and not line.lstrip().startswith("#"):
                return max(counts, key=counts.__getitem__)
    return ","


def _csv(text: Iterator[str], delimiter: str) -> Rows:
    # The module keeps this limit for the whole process; readers of files are all it concerns.
    csv.field_size_limit(CELL_MOST)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells and (cells[0] or any(cells)):
                if len(cells) > COLUMNS_MOST:
                    raise Unreadable(f"Line {line} has more than {COLUMNS_MOST} cells.")
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"Line {line} is not CSV: {_csv_reason(str(error))}.") from error


def _csv_reason(said: str) -> str:
    if "field larger" in said:
        return f"a cell is longer than {CELL_MOST:,} characters, or a quote is never closed"
    return "a quote is never closed" if "unexpected end" in said else said


def _xlsx(rows: Iterator[list[str]]) -> Rows:
    try:
        for cells in rows:
            yield int(cells[0]), cells[1:]
    except workbook.Refused as error:
        raise Unreadable(str(error)) from error
