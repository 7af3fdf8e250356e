"""The child that unpacks an XLSX workbook under hard limits and writes its first sheet as CSV to its standard output.

It is started by file name, imports nothing of ours, and says why it refuses on standard error with exit code 3.
"""

import csv
import datetime
import re
import resource
import stat
import sys
import zipfile
from decimal import Decimal
from typing import Any, Never

from python_calamine import CalamineError, CalamineWorkbook

MEMORY_MOST = 1_200_000_000
CPU_SECONDS_MOST = 50
MEMBERS_MOST = 1_000
MEMBER_BYTES_MOST = 600_000_000
ALL_BYTES_MOST = 900_000_000
RATIO_MOST = 200
SMALL = 5_000_000  # below this a high ratio harms nobody
CELLS_MOST = 8_000_000
COLUMNS_MOST = 200
CELL_MOST = 10_000
ROWS_MOST = 1_000_000
NESTED = (".zip", ".xlsx", ".xlsm", ".xls", ".gz", ".7z", ".rar", ".tar")


def main(place: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MOST, CPU_SECONDS_MOST + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        with zipfile.ZipFile(place) as archive:
            inspect(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        refuse(f"The workbook is damaged: {error}.")
    write(place)


def inspect(archive: zipfile.ZipFile) -> None:
    """Refuse what no spreadsheet program writes, then count what really comes out."""
    members = archive.infolist()
    if len(members) > MEMBERS_MOST:
        refuse(f"The workbook has more than {MEMBERS_MOST:,} members.")
    for member in members:
        inspect_member(member)
    if sum(member.file_size for member in members) > ALL_BYTES_MOST:
        refuse(f"The workbook unpacks to more than {ALL_BYTES_MOST:,} bytes.")
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            count(archive, member)


def inspect_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\x00" in name:
        refuse("The workbook has a member outside of its own folder.")
    if stat.S_ISLNK(member.external_attr >> 16):
        refuse("The workbook has a member that is a link.")
    if member.flag_bits & 1:
        refuse("The workbook is encrypted.")
    if name.lower().endswith(NESTED):
        refuse("The workbook has an archive inside.")
    if name.lower().endswith("vbaproject.bin"):
        refuse("The workbook has macros; save it as a plain XLSX file.")
    if member.file_size > MEMBER_BYTES_MOST or (member.file_size > SMALL and member.file_size > RATIO_MOST * max(member.compress_size, 1)):
        refuse("The workbook unpacks to far more than it holds.")


def count(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack one member into nothing: declared sizes may lie, and entities must not be."""
    total, cells, tail = 0, 0, b""
    is_sheet = member.filename.startswith("xl/worksheets/")
    with archive.open(member) as content:
        while chunk := content.read(1 << 18):
            if total == 0 and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in chunk[:100]):
                refuse("The workbook has XML that is not UTF-8.")
            if total < 1 << 18 and (b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk):
                refuse("The workbook has XML with a document type or entities.")
            total += len(chunk)
            if total > MEMBER_BYTES_MOST or (total > SMALL and total > RATIO_MOST * max(member.compress_size, 1)):
                refuse("The workbook unpacks to far more than it holds.")
            if is_sheet:
                cells += chunk.count(b"<c ")
                if cells > CELLS_MOST:
                    refuse(f"The sheet has more than {CELLS_MOST:,} cells.")
            tail = chunk[-10:]


def write(place: str) -> None:
    try:
        sheet = CalamineWorkbook.from_path(place).get_sheet_by_index(0)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        refuse(f"The workbook cannot be read: {str(error)[:200]}.")
    except MemoryError:
        refuse("Unpacking the workbook needs more memory than a workbook of this size may.")
    if sheet.start is None or sheet.end is None:
        return
    if sheet.end[1] >= COLUMNS_MOST:
        refuse(f"The sheet has more than {COLUMNS_MOST} columns.")
    if sheet.end[0] - sheet.start[0] >= ROWS_MOST:
        refuse(f"The sheet has more than {ROWS_MOST:,} rows.")
    out = csv.writer(sys.stdout, lineterminator="\n")
    blank = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), start=sheet.start[0] + 1):
        texts = [cell if cell.__class__ is str else text(cell) for cell in cells]
        if any(texts):
            if max(map(len, texts)) > CELL_MOST:
                refuse(f"Row {number} has a cell of more than {CELL_MOST:,} characters.")
            out.writerow([number, *blank, *texts])
    sys.stdout.flush()


def text(cell: Any) -> str:
    """A cell as its spreadsheet shows it: numbers to 15 digits, no exponent."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        return format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def refuse(reason: str) -> Never:
    sys.stdout.flush()
    sys.stderr.write(reason)
    sys.stderr.flush()
    sys.exit(3)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a real stream in this process of its own
    main(sys.argv[1])
