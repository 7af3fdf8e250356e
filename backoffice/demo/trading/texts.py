"""Numbers, moments and ids as the text that COPY takes. Amounts are whole numbers of 10^-scale: many times faster than decimals, and as exact."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TRIPLES = tuple(first + second + third for first in LETTERS for second in LETTERS for third in LETTERS)
POWERS: tuple[int, ...] = tuple(10**power for power in range(100))


def number(units: int, scale: int) -> str:
    """Without trailing zeros, as the ledger keeps amounts."""
    if units < 0:
        return f"-{number(-units, scale)}"
    text = str(units)
    if not scale:
        return text
    if len(text) <= scale:
        text = text.zfill(scale + 1)
    part = text[-scale:].rstrip("0")
    return f"{text[:-scale]}.{part}" if part else text[:-scale]


def decimal(units: int, scale: int) -> Decimal:
    return Decimal(number(units, scale))


def whole(amount: Decimal, scale: int) -> int:
    """In units of 10^-scale, which must be as fine as the amount."""
    above, below = amount.as_integer_ratio()
    units, rest = divmod(above * POWERS[scale], below)
    if rest:
        raise ValueError(f"{amount} is finer than {scale} digits")
    return units


def quotient(above: int, below: int) -> int:
    """Rounded, a half up. Both above zero."""
    return (2 * above + below) // (2 * below)


def quotient_up(above: int, below: int) -> int:
    return -(-above // below)


def moment(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, MINUTE)
    return f"{_minute(minutes)}:{rest // 1_000:02d}.{rest % 1_000:03d}+00"


def instant(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def ulid(milliseconds: int, chance: Random) -> str:
    """A ULID, whose chance is the demo's own."""
    rest = chance.getrandbits(80)
    return (
        f"{_time(milliseconds)}{TRIPLES[rest & 32767]}{TRIPLES[rest >> 15 & 32767]}{TRIPLES[rest >> 30 & 32767]}{TRIPLES[rest >> 45 & 32767]}"
        f"{TRIPLES[rest >> 60 & 32767]}{LETTERS[rest >> 75]}"
    )


@lru_cache(maxsize=2_048)
def _minute(minutes: int) -> str:
    return (EPOCH + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")


@lru_cache(maxsize=512)
def _time(milliseconds: int) -> str:
    return LETTERS[milliseconds >> 45] + "".join([TRIPLES[milliseconds >> shift & 32767] for shift in (30, 15, 0)])
