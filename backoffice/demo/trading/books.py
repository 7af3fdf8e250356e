"""What the demo's clients have, kept to the last digit while their history is told, and the lines that tell of it."""

from random import Random

from backoffice.contracts.errors import Refused
from backoffice.demo.trading.rates import Rates
from backoffice.demo.trading.texts import HOUR, POWERS, decimal, instant, moment, number, ulid
from backoffice.trading.writing import NULL, Batch, PastDeposit


class Wallet:
    """What one account has of one asset, in units of the asset's scale."""

    __slots__ = ("account_id", "asset_id", "at", "deposited", "locked", "name", "scale", "seq", "total")

    def __init__(self, account_id: str, asset_id: str, scale: int) -> None:
        self.account_id, self.asset_id, self.scale, self.name = account_id, asset_id, scale, f"{account_id}\t{asset_id}"
        self.total = self.locked = self.seq = self.deposited = 0
        self.at = ""

    @property
    def available(self) -> int:
        return self.total - self.locked


class Overdrawn(Refused):
    """The generator would have taken what is not there: a fault of its own."""


class Books:
    """Gathers a batch. Every balance it tells of is the one behind its last entry."""

    def __init__(self, rates: Rates, chance: Random) -> None:
        self.rates, self.chance = rates, chance
        self.batch, self.changed = Batch(), dict[Wallet, None]()

    def journal(self, journal_id: str, kind: str, at: str, subject_id: str | None = None) -> None:
        self.batch.journals.append(f"{journal_id}\t{kind}\t{subject_id or journal_id}\t{at}\n")

    def move(self, journal_id: str, line: int, wallet: Wallet, units: int, house: str, at: str) -> int:
        """Two entries, of the client and the opposite one of the house; returns the number of the next line."""
        wallet.total += units
        wallet.seq += 1
        wallet.at = at
        if wallet.total < wallet.locked:
            raise Overdrawn(f"{wallet.name}: {number(wallet.total, wallet.scale)} at {at}")
        self.changed[wallet] = None
        asset, amount = wallet.asset_id, number(units, wallet.scale)
        against = amount[1:] if units < 0 else f"-{amount}"
        self.batch.entries.append(
            f"{journal_id}\t{line}\t{wallet.name}\t{amount}\t{wallet.seq}\t{number(wallet.total, wallet.scale)}\t{at}\n"
            f"{journal_id}\t{line + 1}\t{house}:{asset}\t{asset}\t{against}\t{NULL}\t{NULL}\t{at}\n"
        )
        return line + 2

    def hold(self, order_id: str, wallet: Wallet, units: int, at: str) -> None:
        """An open one of an order that rests."""
        wallet.locked += units
        wallet.at = max(wallet.at, at)
        self.changed[wallet] = None
        self.batch.holds.append(f"{order_id}\t{wallet.name}\t{number(units, wallet.scale)}\t{at}\n")

    def deposit(self, wallet: Wallet, units: int, at: int) -> None:
        transfer_id, journal_id, rate = ulid(at, self.chance), ulid(at, self.chance), None
        if wallet.asset_id in self.rates:
            rate = self.rates.at(wallet.asset_id, at)
        wallet.deposited = at
        self.journal(journal_id, "Deposit", moment(at), transfer_id)
        self.move(journal_id, 1, wallet, units, "external", moment(at))
        self.batch.deposits.append(
            PastDeposit(
                transfer_id=transfer_id,
                journal_id=journal_id,
                deduplication_id=f"demo-bank-{transfer_id}",
                account_id=wallet.account_id,
                asset_id=wallet.asset_id,
                amount=decimal(units, wallet.scale),
                rate_to_root=rate,
                at=instant(at),
            )
        )

    def cover(self, wallet: Wallet, units: int, since: int, by: int) -> None:
        """A deposit comes first when the account has not got so much: a round sum, at some moment between the two."""
        if wallet.available >= units:
            return
        wanted, since = rounded((units - wallet.available) * self.chance.randint(2, 6)), max(since, wallet.deposited, by - HOUR)
        self.deposit(wallet, wanted, self.chance.randint(min(since, by), by))

    def take(self) -> Batch:
        """What came together since the last time, with the balances it led to."""
        self.batch.balances = [
            f"{wallet.name}\t{number(wallet.total, wallet.scale)}\t{number(wallet.locked, wallet.scale)}\t{wallet.seq}\t{wallet.at}\n"
            for wallet in self.changed
        ]
        taken, self.batch, self.changed = self.batch, Batch(), {}
        return taken


def rounded(units: int) -> int:
    """Up, to two digits."""
    power = POWERS[max(len(str(units)) - 2, 0)]
    return -(-units // power) * power
