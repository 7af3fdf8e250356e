"""A list as a file: exactly what is shown, in its columns and order, page after page to the end, whole or not at all."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any, TypeVar

from django.http import FileResponse
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Refused, TooCostly
from backoffice.contracts.tables import FileFormat
from backoffice.core import sheets
from backoffice.services import desk
from portal.listing import reports
from portal.listing.declared import Column, Listing
from portal.listing.state import OWN_KEYS, SEARCH, State

Row = TypeVar("Row")

FORMAT = "export"
FORMATS: Mapping[str, FileFormat] = {"csv": "Csv", "xlsx": "Xlsx"}
ROWS_MOST, ROWS_AT_ONCE = 100_000, 1_000
# Each keeps a thread of the desk busy for some seconds; this many at once in a process leave the rest for pages.
FILES_AT_ONCE = 2
writing = BoundedSemaphore(FILES_AT_ONCE)


class Unwritten(Refused):
    """There is no file, and the list stays as it is."""


def answer(actor: Actor, declared: Listing[Row], state: State, asked: str) -> FileResponse:
    """Refuses: Unwritten, and whatever the list refuses."""
    format = FORMATS.get(asked.lower(), "Csv")
    with _turn():
        file, rows = _written(actor, declared, state, format)
    # Which filters, not what was typed into them: that may be somebody's name.
    filters = ";".join(key for key in state.values if key == SEARCH or key not in OWN_KEYS)
    asked_for = {"format": format, "columns": ";".join(column.label for column in declared.shown(state)), "filters": filters}
    desk().audit.took(actor, "lists.export", "list", declared.section, rows=rows, facts=asked_for)
    name = f"{declared.section}-{timezone.now():%Y%m%d-%H%M%S}.{format.lower()}"
    return FileResponse(file, as_attachment=True, filename=name)


def _written(actor: Actor, declared: Listing[Row], state: State, format: FileFormat) -> tuple[IO[bytes], int]:
    """Read from before its place is gone: what nobody downloads to the end leaves nothing behind."""
    columns = declared.shown(state)
    with tempfile.TemporaryDirectory(prefix="desk-export-") as directory:
        place = Path(directory) / f"rows.{format.lower()}"
        counted = _Counted(_rows(actor, declared, state, columns))
        sheets.write(place, format, [column.label for column in columns], counted, sheet=declared.title[:31])
        return place.open("rb"), counted.count


class _Counted:
    """Rows, and how many of them were asked for so far."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def _rows(actor: Actor, declared: Listing[Row], state: State, columns: list[Column]) -> Iterator[dict[str, Any]]:
    count, after = 0, None
    while True:
        try:
            page = declared.find(actor, state.reading(after, ROWS_AT_ONCE))
        except TooCostly as refusal:
            raise Unwritten(refusal.detail) from None
        count += len(page.items)
        if count > ROWS_MOST or (count == ROWS_MOST and page.next):
            raise Unwritten(_too_many(declared))
        for row in page.items:
            yield {column.label: _plain(column.value(row)) for column in columns}
        if page.next is None:
            return
        after = page.next


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _too_many(declared: Listing[Row]) -> str:
    other = ", or make a report of this view" if reports.is_possible(declared) else ""
    return f"A file takes up to {ROWS_MOST:,} {declared.nouns}, and there are more: narrow the list with filters{other}."


@contextmanager
def _turn() -> Iterator[None]:
    if not writing.acquire(blocking=False):
        raise Unwritten("Other files are being written at the moment. Try again in some seconds.")
    try:
        yield
    finally:
        writing.release()
