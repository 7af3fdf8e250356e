"""A file into data rows. Rows that repair another file take their places among that one's right rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from backoffice.commission_files.columns import LABELS, NAMES, layout
from backoffice.commission_files.models import RuleFile
from backoffice.commission_files.rows import Line
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.core import ids
from backoffice.tables.cells import WHOLE
from backoffice.tables.faults import NOTES
from backoffice.tables.header import BadHeader, Layout
from backoffice.tables.read import Rows, Unreadable, opened

# An upload is answered when it is checked; who waits for it does not wait for long.
SECONDS_MOST = 10.0
ROW, FILE = NOTES[0], "#file"


class Found(NamedTuple):
    lines: list[Line]
    repairs: RuleFile | None = None


def read(place: Path, format: FileFormat) -> Found:
    """Refuses: Unreadable, BadHeader."""
    with opened(place, format, seconds=SECONDS_MOST) as source:
        for number, names in source.rows:
            notes = {name.strip(): place for place, name in enumerate(names) if name.strip() in (ROW, FILE)}
            return _data(source.rows, layout(number, names), notes, number)
    raise BadHeader("The file has no header and no rows.", [CellError(row=1, column="row", value="", reason="the file has no header")])


def _data(rows: Rows, known: Layout, notes: dict[str, int], header: int) -> Found:
    lines: list[Line] = []
    places: list[str] = []
    files: set[str] = set()
    for number, cells in rows:
        if len(lines) >= settings.RULE_FILE_MAX_ROWS:
            raise Unreadable(f"The file has more than {settings.RULE_FILE_MAX_ROWS:,} data rows; import the profiles in several files.")
        found = known.read(cells)
        assert found is not None
        said = dict(zip(known.fields, found[0], strict=True))
        lines.append(Line(number, [said.get(field, "") for field in NAMES], found[1]))
        places.append(_note(cells, notes, ROW))
        files.add(_note(cells, notes, FILE))
    wanted = files - {""}
    return _merged(lines, places, _repaired(wanted, header)) if wanted else Found(lines)


def _note(cells: Sequence[str], notes: dict[str, int], name: str) -> str:
    place = notes.get(name)
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _repaired(names: set[str], header: int) -> RuleFile:
    """The one file that they all name. Refuses: BadHeader."""
    file = RuleFile.objects.filter(pk=ids.known(next(iter(names)))).exclude(lines=[]).first() if len(names) == 1 else None
    if file is None:
        reason = "names several files" if len(names) > 1 else "names a file whose rows are not kept any more; upload the whole file"
        raise BadHeader(f"{FILE} {reason}.", [CellError(row=header, column=FILE, value=", ".join(sorted(names))[:200], reason=reason)])
    return file


def _merged(lines: list[Line], places: list[str], file: RuleFile) -> Found:
    """Rows keep the numbers they had in the file that they repair; those that are new to it come behind."""
    wrong = {fault["row"] for fault in file.faults}
    rows = {number: Line(number, texts) for number, texts in file.lines if number not in wrong}
    last = max((number for number, _ in file.lines), default=1)
    for line, place in zip(lines, places, strict=True):
        number = int(place) if WHOLE.fullmatch(place) else 0
        if not 0 < number <= last or number in rows:
            number = last = last + 1
        rows[number] = line._replace(number=number)
    return Found([rows[number] for number in sorted(rows)], file)


def kept(lines: Sequence[Line]) -> list[Any]:
    """As the table keeps them: what is longer than any right cell is cut."""
    return [[line.number, [text[:500].replace("\x00", "") for text in line.texts]] for line in lines]


def cells(texts: Sequence[str]) -> dict[str, str]:
    """By their names in a file."""
    return {LABELS[field]: text for field, text in zip(NAMES, texts, strict=True)}
