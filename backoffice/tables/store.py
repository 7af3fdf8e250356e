"""Where uploads and exports lie: privately, under names nobody can guess, written to the disk before they are mentioned."""

import hashlib
import os
import secrets
import struct
import zipfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings

from backoffice.contracts.errors import Invalid
from backoffice.contracts.tables import FileFormat

CHUNK = 1 << 20
MEMBERS_MOST = 1_000


class Stored(NamedTuple):
    name: str
    size: int
    sha256: str
    format: FileFormat


class Store:
    """One folder below the media root; uploads may have as many bytes as the setting says."""

    def __init__(self, name: str, *, most: str) -> None:
        self.name, self.most = name, most

    def folder(self) -> Path:
        place = Path(settings.MEDIA_ROOT) / self.name
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place

    def path(self, name: str) -> Path:
        return self.folder() / name

    def store(self, content: BinaryIO) -> Stored:
        """Copy an upload in. Refuses: Invalid (empty, too large, neither CSV nor XLSX)."""
        name, most = fresh_name(), getattr(settings, self.most)
        digest, size = hashlib.sha256(), 0
        target = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(target, "wb") as out:
                while chunk := content.read(CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise _refused(f"is larger than {most:,} bytes")
                    digest.update(chunk)
                    out.write(chunk)
                sync(out)
            if size == 0:
                raise _refused("is empty")
            return Stored(name, size, digest.hexdigest(), sniffed(self.path(name)))
        except BaseException:
            self.remove(name)
            raise

    def again(self, name: str) -> str:
        """A second name of the same bytes, so that each file owns its own."""
        copy = fresh_name()
        os.link(self.path(name), self.path(copy))
        return copy

    def remove(self, name: str) -> None:
        if name:
            self.path(name).unlink(missing_ok=True)


def fresh_name(suffix: str = "") -> str:
    return secrets.token_hex(16) + suffix


def sync(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def sniffed(place: Path) -> FileFormat:
    """What the bytes are, whatever the name says."""
    with place.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        _require_workbook(place)
        return "Xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused("is an old or encrypted Excel workbook; save it as a plain XLSX or CSV file")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("is encoded as UTF-16; save it as CSV UTF-8")
    if head.startswith(b"%PDF") or b"\x00" in head:
        raise _refused("is neither CSV nor XLSX")
    return "Csv"


def _require_workbook(place: Path) -> None:
    """Only the directory is read, and only when it is small; everything else is the limited child's."""
    if directory_entries(place) > MEMBERS_MOST:
        raise _refused(f"is an archive of more than {MEMBERS_MOST:,} members")
    try:
        with zipfile.ZipFile(place) as archive:
            names = set(archive.namelist())
            encrypted = any(member.flag_bits & 1 for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise _refused("is a damaged XLSX file or ZIP archive") from error
    if encrypted:
        raise _refused("is encrypted")
    if "xl/workbook.xml" not in names:
        raise _refused("is a ZIP archive but no XLSX workbook")


def directory_entries(place: Path) -> int:
    """How many members the archive's end record claims; a directory too large to be that few counts as too many."""
    with place.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return 0
    entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    return MEMBERS_MOST + 1 if length > 1_000_000 else int(entries)


def _refused(reason: str) -> Invalid:
    return Invalid(f"The file {reason}.", code="file_refused", fields={"file": [reason]})


def shown_name(name: str) -> str:
    """The owner's name for the file, without folders and control characters; it is only ever shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(mark for mark in last if mark.isprintable())[:200] or "file"
