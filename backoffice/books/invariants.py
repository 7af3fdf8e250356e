"""What must be true of the books: one file of sql/ each, named by its id, that finds what is not so.

A file opens with its severity and with the invariant in words; its statement gives no row when the invariant holds.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

from backoffice.contracts.books import InvariantSeverity

FOLDER = Path(__file__).parent / "sql"


class Invariant(NamedTuple):
    id: str
    severity: InvariantSeverity
    words: str
    sql: str


@cache
def every() -> tuple[Invariant, ...]:
    """In the order of their ids, A2 before A10."""
    return tuple(sorted((_read(path) for path in FOLDER.glob("*.sql")), key=lambda found: (found.id[0], _number(found.id), found.id)))


def _read(path: Path) -> Invariant:
    severity, words, sql = path.read_text().split("\n", 2)
    severity, words = severity.removeprefix("-- "), words.removeprefix("-- ")
    for known in get_args(InvariantSeverity):
        if severity == known:
            return Invariant(path.stem, known, words, sql)
    raise ValueError(f"{path.name} opens with neither of the severities: {severity}")


def _number(id: str) -> int:
    return int(id[1:].partition("-")[0])
