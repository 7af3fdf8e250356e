"""A data row, as it was read and while it is checked."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from backoffice.commission_files.columns import LABELS, NAMES
from backoffice.contracts.commissions import FeeSettings
from backoffice.contracts.tables import CellError
from backoffice.tables.header import RowFault

# What is kept of a cell that is wrong.
VALUE_MOST = 200


class Line(NamedTuple):
    """A data row: its cells by NAMES."""

    number: int
    texts: Sequence[str]
    faults: Sequence[RowFault] = ()


class Row:
    """A row while it is checked: values by field, None for what is empty or cannot be read, and the faults of its fields."""

    def __init__(self, line: Line) -> None:
        self.number = line.number
        self.said = dict(zip(NAMES, line.texts, strict=True))
        self.values: dict[str, Any] = {}
        self.faults: dict[str, CellError] = {}
        self.fee: FeeSettings | None = None

    def tell(self, field: str, reason: str, suggestion: str | None = None, *, value: str | None = None) -> None:
        """The first fault of a field is told: the ones behind it come from it."""
        text = self.said.get(field, "") if value is None else value
        error = CellError(
            row=self.number, column=LABELS.get(field, "row"), value=text[:VALUE_MOST], reason=reason[:500], suggestion=suggestion and suggestion[:200]
        )
        self.faults.setdefault(field, error)
