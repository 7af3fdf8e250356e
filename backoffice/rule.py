"""What a verb needs, and how the guard carries it out."""

from typing import NamedTuple


class Reads(NamedTuple):
    operation: str


class Writes(NamedTuple):
    """One transaction around permission, approval, audit record and act."""

    operation: str


class Works(NamedTuple):
    """It commits in stages of its own, as a worker's step does, and opens its audit record where it takes effect."""

    operation: str


Rule = Reads | Writes | Works
