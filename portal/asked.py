"""Numbers of an address or a form: what a browser may send instead of one counts as nothing."""

LONGEST = 18


def number_of(text: str) -> int | None:
    """A whole number of ASCII digits that fits the database, else None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
