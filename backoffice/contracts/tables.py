"""What every file of rows has: a format, and faults with their place."""

from typing import Literal

from backoffice.contracts.value import Value

FileFormat = Literal["Csv", "Xlsx"]


class CellError(Value, frozen=True, kw_only=True):
    """One fault of one cell (`column` is the wire name of the field, or the header as the file has it)."""

    row: int
    column: str
    value: str
    reason: str
    suggestion: str | None = None
