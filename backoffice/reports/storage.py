"""Where the files of reports lie: private, under names that nobody can guess, and never seen half written."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from backoffice.reports import objects
from backoffice.tables.store import Store, fresh_name

_STORE = Store("reports", most="MARKET_FILE_MAX_BYTES")
folder, path, remove = _STORE.folder, _STORE.path, _STORE.remove
PART = ".part"
CHUNK = 1 << 20


def fresh(suffix: str) -> Path:
    """A place for a file that is being written; `keep` gives it its name."""
    return path(fresh_name(suffix) + PART)


def keep(part: Path) -> str:
    """Its bytes are on the disk before anybody can find it, and so is its name. Refuses: Unavailable (of a store of objects)."""
    part.chmod(0o600)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    kept = part.with_name(part.name.removesuffix(PART))
    if objects.is_used():
        objects.put(part, kept.name)
    part.rename(kept)
    entry = os.open(kept.parent, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
    return kept.name


def found(name: str) -> Path:
    """Where it can be read, if it is still there. Refuses: Unavailable (of a store of objects)."""
    place = path(name)
    if objects.is_used() and name and not place.exists():
        objects.fetch(place)
    return place


def digest(place: Path) -> str:
    """Of what is on the disk."""
    found = hashlib.sha256()
    for chunk in chunks(place):
        found.update(chunk)
    return found.hexdigest()


def chunks(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def strays(*, older_than: float) -> list[Path]:
    """Files that have been left alone for so many seconds: those of a killed worker are among them."""
    before = time.time() - older_than
    return [place for place in folder().iterdir() if place.stat().st_mtime < before]


class Damaged(Exception):
    """A file does not hold what was written into it."""


def remove_all(names: Iterable[str]) -> None:
    """With the receipts that stand beside them."""
    stored = [name for name in names if name]
    for name in stored:
        remove(name)
        path(receipt_name(name)).unlink(missing_ok=True)
    if stored and objects.is_used():
        objects.remove(stored)


def receipt_name(name: str) -> str:
    return f"{name.partition('.')[0]}.receipt.txt"
