"""Hostile files end in a clear reason, within limits of time and memory, and leave nothing behind."""

import io
import re
import resource
import stat
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings

from backoffice.contracts.errors import Invalid
from backoffice.markets.models import MarketFileRow
from backoffice.services import BackApi
from tests.files.conftest import CLERK, WIRE, as_csv, counts, row, rows, upload

HEADER = ",".join(WIRE)
SECONDS_MOST = 60
PARENT_MEGABYTES_MOST = 120
CHILD_MEGABYTES_MOST = 1_200

SCHEMAS = "http://schemas.openxmlformats.org"
DOCUMENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATION = f"{SCHEMAS}/officeDocument/2006/relationships"
CONTENT_TYPES = f"""<?xml version="1.0"?><Types xmlns="{SCHEMAS}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{DOCUMENT}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{DOCUMENT}.worksheet+xml"/></Types>"""
RELATIONS = f"""<?xml version="1.0"?><Relationships xmlns="{SCHEMAS}/package/2006/relationships">
<Relationship Id="r1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
WORKBOOK = f"""<?xml version="1.0"?><workbook xmlns="{SCHEMAS}/spreadsheetml/2006/main" xmlns:r="{RELATION}">
<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"""
WORKBOOK_RELATIONS = f"""<?xml version="1.0"?><Relationships xmlns="{SCHEMAS}/package/2006/relationships">
<Relationship Id="r1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"""
SHEET = (
    '<?xml version="1.0"?>{prolog}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "{dimension}<sheetData>{rows}</sheetData></worksheet>"
)


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


SMALL = f'<row r="1">{cell("A1", "marketId")}{cell("B1", "status")}</row><row r="2">{cell("A2", "cfd.x0_usd")}{cell("B2", "Open")}</row>'


def sheet(lines: str = SMALL, *, prolog: str = "", dimension: str = "") -> bytes:
    return SHEET.format(prolog=prolog, dimension=dimension, rows=lines).encode()


def workbook(content: bytes | None = None, *, more: dict[str, bytes] | None = None, change: Callable[[zipfile.ZipFile], None] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", content if content is not None else sheet())
        for name, value in (more or {}).items():
            archive.writestr(name, value)
        if change:
            change(archive)
    return out.getvalue()


def linked(archive: zipfile.ZipFile) -> None:
    member = zipfile.ZipInfo("xl/link")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(member, "/etc/passwd")


def lying() -> bytes:
    """A sheet of 40 MB that says it has 1,000 bytes, in both of its headers."""
    content = workbook(sheet(SMALL + " " * 40_000_000))
    true_size = len(sheet(SMALL + " " * 40_000_000)).to_bytes(4, "little")
    return content.replace(true_size, (1000).to_bytes(4, "little"))


def encrypted() -> bytes:
    content = bytearray(workbook())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FAR = f'<row r="1">{cell("A1", "marketId")}</row><row r="1048576">{cell("XFD1048576", "x")}</row>'

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is empty"),
    "one byte too many": (lambda: b"a" * (settings.MARKET_FILE_MAX_BYTES + 1), "is larger than 50,000,000 bytes"),
    "old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old or encrypted"),
    "encrypted members": (encrypted, "is encrypted"),
    "UTF-16": (lambda: "\ufeff".encode("utf-16-le") + HEADER.encode("utf-16-le"), "UTF-16"),
    "binary": (lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "neither CSV nor XLSX"),
    "PDF": (lambda: b"%PDF-1.7 ...", "neither CSV nor XLSX"),
    "10,000 members": (lambda: workbook(more={f"xl/m{n}.xml": b"" for n in range(10_000)}), "more than 1,000 members"),
    "truncated": (lambda: workbook()[:700], "damaged"),
    "text that begins like an archive": (lambda: b"PK is how this text begins", "damaged"),
    "archive without a workbook": (lambda: zipped("a.txt", b"a"), "no XLSX workbook"),
}


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


FAILED: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (lambda: workbook(sheet(SMALL + " " * 300_000_000)), "unpacks to far more"),
    "sizes that lie": (lying, "workbook"),
    "nested archive": (lambda: workbook(more={"xl/inner.zip": zipped("a", b"a")}), "archive inside"),
    "member outside": (lambda: workbook(more={"../../evil.xml": b""}), "outside of its own folder"),
    "absolute member": (lambda: workbook(more={"/etc/evil.xml": b""}), "outside of its own folder"),
    "symbolic link": (lambda: workbook(change=linked), "is a link"),
    "macros": (lambda: workbook(more={"xl/vbaProject.bin": b"macro"}), "macros"),
    "billion laughs": (lambda: workbook(sheet(prolog=LAUGHS)), "entities"),
    "external entity": (lambda: workbook(sheet(prolog=OUTSIDE)), "entities"),
    "a cell at the far end": (lambda: workbook(sheet(FAR)), "more"),
    "a cell of 5 MB": (lambda: workbook(sheet(f'<row r="1">{cell("A1", "x" * 5_000_000)}</row>')), "unpacks|more than 10,000 characters"),
    "no XML": (lambda: workbook(b"this is no sheet"), "cannot be read|no header|damaged"),
    "NUL bytes": (lambda: HEADER.encode() + b"\n" + b"a" * 5000 + b"\x00\n", "NUL"),
    "not UTF-8": (lambda: HEADER.encode() + b"\n\n" + "\u00e4".encode("latin-1") * 3 + b"\n", "Line 3 is not UTF-8"),
    "cut inside a character": (lambda: HEADER.encode() + b"\n" + "\u00e4".encode()[:1], "middle of a character|not UTF-8"),
    "a lone quote": (lambda: HEADER.encode() + b'\n"' + b"a,b\n" * 20_000, "Line 2.*quote is never closed"),
    "a quote inside": (lambda: HEADER.encode() + b'\n"a"b,c\n', "Line 2 is not CSV"),
    "one cell of 49 MB": (lambda: HEADER.encode() + b"\n" + b"a" * 49_000_000, "longer than 1,000,000 bytes"),
    "a cell over the limit": (lambda: HEADER.encode() + b"\n" + b"a" * 10_001 + b"\n", "longer than 10,000 characters"),
    "a million columns": (lambda: b"," * 900_000 + b"\n", "."),
    "300 columns": (lambda: HEADER.encode() + b"\n" + b"a," * 300 + b"\n", "more than 200 cells"),
    "2 million empty lines": (lambda: HEADER.encode() + b"\n" * 2_000_000, "more than 1,000,000 lines"),
    "too many rows": (lambda: b"marketId,status\n" + b"a,b\n" * 5_001, "more than 5,000 data rows"),
    "only blanks": (lambda: b"\n\n,,,\n", "no header"),
}


@cache
def content(kind: str) -> bytes:
    return FAILED[kind][0]()


@pytest.fixture
def memory(request: pytest.FixtureRequest) -> Iterator[dict[str, int]]:
    """Peaks, in MB, of this process's growth and of its children while the test runs; the hostile file itself is made before."""
    content(request.getfixturevalue("kind"))
    own = psutil.Process()
    before, peaks, is_over = own.memory_info().rss, {"parent": 0, "child": 0}, threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            peaks["parent"] = max(peaks["parent"], (own.memory_info().rss - before) >> 20)
            for child in own.children():
                try:
                    peaks["child"] = max(peaks["child"], child.memory_info().rss >> 20)
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield peaks
    is_over.set()
    watcher.join()


@pytest.mark.parametrize("kind", REFUSED)
def test_an_upload_that_cannot_be_a_market_file_is_refused_at_once(api: BackApi, kind: str, storage: Path) -> None:
    make, reason = REFUSED[kind]
    content = make()
    began = time.monotonic()
    with pytest.raises(Invalid, match=reason):
        api.market_files.upload(CLERK, io.BytesIO(content), name="x.csv", mode="Preview")
    assert time.monotonic() - began < 10
    assert list(storage.iterdir()) == []


@pytest.mark.parametrize("kind", FAILED)
def test_a_hostile_file_fails_with_a_reason_within_limits(api: BackApi, kind: str, memory: dict[str, int], settings: Any) -> None:
    settings.MARKET_FILE_MAX_ROWS = 5_000
    began = time.monotonic()
    file = upload(content(kind), "ValidRows", name="x.xlsx")
    assert time.monotonic() - began < SECONDS_MOST
    assert file.stage == "Failed"
    assert re.search(FAILED[kind][1], file.stage_reason or ""), file.stage_reason
    assert counts(file) == (0, 0, 0, 0)
    assert not MarketFileRow.objects.exists()
    assert memory["parent"] < PARENT_MEGABYTES_MOST, memory
    assert memory["child"] < CHILD_MEGABYTES_MOST, memory


READ: dict[str, Callable[[], bytes]] = {
    "byte order mark": lambda: b"\xef\xbb\xbf" + as_csv(rows(3)),
    "mixed line ends": lambda: as_csv(rows(3)).replace(b"\r\n", b"\r", 1).replace(b"\r\n", b"\n", 1),
    "semicolons": lambda: as_csv([row(n, tradingSessionIds="lp-tr", marketDataSessionIds="lp-md") for n in range(3)]).replace(b",", b";"),
    "tabs": lambda: as_csv(rows(3)).replace(b",", b"\t"),
    "blank lines": lambda: as_csv(rows(3)).replace(b"\r\n", b"\r\n\r\n,,,\r\n"),
    "no end of line": lambda: as_csv(rows(3)).rstrip(),
    "a cell that spans lines": lambda: as_csv(rows(3), [*WIRE, "#note"]).replace(b"#note\r\n", b'"#no\nte"\r\n', 1),
}


@pytest.mark.parametrize("kind", READ)
def test_odd_but_honest_files_are_read(api: BackApi, kind: str) -> None:
    file = upload(READ[kind]())
    assert (file.stage, counts(file)) == ("Previewed", (3, 0, 0, 0)), (file.stage_reason, api.market_files.errors(CLERK, file.id).items[:3])


def test_a_workbook_with_a_wrong_dimension_and_empty_rows_is_read(api: BackApi) -> None:
    blanks = "".join(f'<row r="{number}"/>' for number in range(3, 50_003))
    file = upload(workbook(sheet(SMALL + blanks, dimension='<dimension ref="A1:XFD1048576"/>')))
    assert (file.stage, file.rows_read, [fault.row for fault in api.market_files.errors(CLERK, file.id).items]) == ("Previewed", 1, [2])


def test_a_file_of_exactly_the_limit_is_accepted(api: BackApi) -> None:
    content = as_csv(rows(1)).ljust(settings.MARKET_FILE_MAX_BYTES - 1, b"\n") + b"\n"
    started = api.market_files.upload(CLERK, io.BytesIO(content), name="x.csv", mode="Preview")
    assert started.status == "InProcess"


def test_what_runs_the_tests_has_no_limits_of_the_child() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0
