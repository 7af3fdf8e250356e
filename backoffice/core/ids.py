"""Ids that callers name and that may be none."""

from uuid import UUID

NOBODY = UUID(int=0)


def known(text: str) -> UUID:
    """The id that the text is; for what is none, one that no row has."""
    try:
        return UUID(text)
    except ValueError:
        return NOBODY
