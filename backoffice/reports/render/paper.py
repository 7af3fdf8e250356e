"""How a table fits on paper: upright or across, in which size of letters, and how wide each column is."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

# Widths are told in letters of 0.61 em, the usual one of our font; of texts, WIDE stand in one line where there is room, and SHORT
# even where there is not.
EM, WIDE, SHORT, TIME, HEADER = 0.61, 40, 12, 22, 1.15
BROAD = {"upper": 1.15, "digit": 1.06, "wide": 1.8}
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
BREAK = "\u200b"
# Letters that are not broken, by the kind of the column.
WHOLE = {"number": 80, "time": TIME}


class Paper(NamedTuple):
    """`look` is a class of paper.css; `widths` are shares of the table."""

    look: str
    widths: list[str]


class Size(NamedTuple):
    """Points across the page, of a letter, and of the room beside each text."""

    look: str
    across: float
    letter: float
    beside: float


# The first that holds every text in one line, else the last.
SIZES = (
    Size("upright", 516, 8, 8.5),
    Size("across", 785, 8, 8.5),
    Size("across small", 785, 6.8, 5.7),
    Size("across dense", 785, 5.6, 4),
)


def fitting(names: Sequence[str], kinds: Sequence[str], rows: Sequence[Sequence[str]]) -> Paper:
    heads = [max(map(_length, HUMP.split(name))) * HEADER for name in names]
    texts = [max((_length(row[place]) for row in rows), default=0.0) for place in range(len(names))]
    wanted = [max(head, text if kind == "number" else min(text, WIDE)) for head, text, kind in zip(heads, texts, kinds, strict=True)]
    for size in SIZES:
        points = _points(size, wanted)
        if sum(points) <= size.across:
            return Paper(size.look, _shares(points))
    # Numbers, names and short words stay whole, times are of two lines; texts share what is left by their lengths.
    least = [max(head, min(text, WHOLE.get(kind, SHORT))) for head, text, kind in zip(heads, texts, kinds, strict=True)]
    whole = _squeezed(_points(size, least), kinds, size.across)
    left = max(0.0, size.across - sum(whole))
    more = [max(0.0, want - own) for want, own in zip(points, whole, strict=True)]
    return Paper(size.look, _shares([own + left * one / (sum(more) or 1) for own, one in zip(whole, more, strict=True)]))


def _squeezed(points: list[float], kinds: Sequence[str], across: float) -> list[float]:
    """Where even this is too wide all but the numbers give way, since a number that is broken is read as another."""
    kept = sum(one for one, kind in zip(points, kinds, strict=True) if kind == "number")
    share = min(1.0, max(0.3, (across - kept) / (sum(points) - kept or 1)))
    return [one if kind == "number" else one * share for one, kind in zip(points, kinds, strict=True)]


def _points(size: Size, letters: Sequence[float]) -> list[float]:
    return [one * EM * size.letter + size.beside for one in letters]


def broken(name: str) -> str:
    """A name of the API, which may break where its words begin."""
    return HUMP.sub(BREAK, name)


def _length(text: str) -> float:
    return sum(map(_breadth, text))


def _breadth(letter: str) -> float:
    if letter.isdigit():
        return BROAD["digit"]
    if unicodedata.east_asian_width(letter) in "WF":
        return BROAD["wide"]
    return BROAD["upper"] if letter.isupper() else 0.6 if letter in " .,:;'il-" else 1.05


def _shares(points: Sequence[float]) -> list[str]:
    """In percent, which add up to the whole."""
    ends, whole = [0.0], sum(points)
    for one in points:
        ends.append(ends[-1] + 100 * one / whole)
    return [f"{round(end, 2) - round(start, 2):.2f}" for start, end in pairwise(ends)]
