"""A lost race, field by field: what I wrote, what somebody else saved meanwhile, what both started from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from portal.forms.form import Field, Form

Side = Literal["both", "mine", "theirs", "same"]


class Line(NamedTuple):
    """`side` says who changed it: "both" must be chosen, the others follow from themselves."""

    field: Field
    mine: str
    theirs: str
    base: str
    side: Side

    @property
    def kept(self) -> str:
        return self.theirs if self.side == "theirs" else self.mine

    @property
    def shown(self) -> tuple[str, str, str]:
        """Mine, theirs and base in words."""
        return self.field.label_of(self.mine), self.field.label_of(self.theirs), self.field.label_of(self.base)


@dataclass(frozen=True)
class Merge:
    lines: Sequence[Line]
    version: int

    @classmethod
    def of(cls, mine: Form, theirs: Form) -> "Merge":
        """`theirs` is a fresh form of the object as it stands now."""
        lines = [_line(one, mine.values[one.name], theirs.values[one.name], mine.base.get(one.name, "")) for one in mine.fields if not one.is_fixed]
        return cls(lines, theirs.version or 0)

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.side != "same"]

    @property
    def untouched(self) -> list[Line]:
        return [line for line in self.lines if line.side == "same"]

    @property
    def conflicts(self) -> int:
        return sum(line.side == "both" for line in self.lines)


def _line(one: Field, mine: str, theirs: str, base: str) -> Line:
    # An unticked box posts nothing and reads as "", a stored False reads as "false": the same thing here.
    if one.kind == "flag":
        mine, theirs, base = ("true" if text == "true" else "" for text in (mine, theirs, base))
    side: Side = "same" if mine == theirs else "theirs" if mine == base else "mine" if theirs == base else "both"
    return Line(one, mine, theirs, base, side)
