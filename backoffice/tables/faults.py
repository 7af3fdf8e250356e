"""The notes beside incorrect rows in a file that comes back to be repaired; an import ignores their columns."""

from collections.abc import Callable, Iterable
from typing import Protocol

NOTES = ("#row", "#faults")


class Fault(Protocol):
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def suggestion(self) -> str | None: ...


def noted(faults: Iterable[Fault]) -> Callable[[int], dict[str, str]]:
    """The notes of a row, by its number."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        suggestion = f" (suggestion: {fault.suggestion})" if fault.suggestion else ""
        reasons.setdefault(fault.row, []).append(f"{fault.column}: {fault.reason}{suggestion}")
    return lambda row: {"#row": str(row), "#faults": " | ".join(reasons.get(row, []))}
