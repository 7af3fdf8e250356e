"""When a mail that could not be handed over is tried again."""

from datetime import timedelta

# The first try comes at once; ten of them reach over two days, which a mail server that is mended on Monday may need.
GAPS = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 5, 15, 60, 180, 360, 720, 720, 720))
MOST_ATTEMPTS = len(GAPS)


def next_gap(attempts: int) -> timedelta | None:
    """The wait after so many failed attempts; None when there is no further one."""
    return GAPS[attempts] if 0 < attempts < MOST_ATTEMPTS else None
