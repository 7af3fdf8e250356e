"""Numbers, moments and ids as the text that COPY takes. Amounts are whole numbers of 10^-scale: many times faster than decimals, and as exact."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = tuple(one + other for one in LETTERS for other in LETTERS)
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
    days, rest = divmod(milliseconds, DAY)
    seconds, rest = divmod(rest, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{_date(days)} {hours:02d}:{minutes:02d}:{seconds:02d}.{rest:03d}+00"


def instant(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def ulid(milliseconds: int, chance: Random) -> str:
    """A ULID, whose chance is the demo's own."""
    rest = chance.getrandbits(80)
    return _time(milliseconds) + "".join([PAIRS[rest >> shift & 1023] for shift in range(70, -1, -10)])


@lru_cache(maxsize=512)
def _date(days: int) -> str:
    return (EPOCH + timedelta(days=days)).date().isoformat()


@lru_cache(maxsize=512)
def _time(milliseconds: int) -> str:
    return "".join([PAIRS[milliseconds >> shift & 1023] for shift in range(40, -1, -10)])
