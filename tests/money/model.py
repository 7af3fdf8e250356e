"""Money as it should be, in plain Python without a database: what each call answers and leaves behind."""

from dataclasses import dataclass, field
from decimal import Decimal

SCALES = {"usd": 2, "btc": 8}
NOTHING_BEGINS = {"Frozen": "client_frozen", "Terminated": "client_terminated"}

Request = tuple[str, str, str, Decimal]


@dataclass
class Purse:
    total: Decimal = Decimal(0)
    locked: Decimal = Decimal(0)


@dataclass
class Moved:
    """A transfer; `failure` is the code that a Failed one is refused with for ever."""

    account: str
    asset: str
    type: str
    amount: Decimal
    status: str
    failure: str = ""


@dataclass
class Bank:
    """`owners` is whose each account is. An outcome is `done`, `replayed`, or the code of a refusal."""

    owners: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    purses: dict[tuple[str, str], Purse] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    known: dict[tuple[str, str], tuple[Request, int]] = field(default_factory=dict)

    def purse(self, account: str, asset: str) -> Purse:
        return self.purses.setdefault((account, asset), Purse())

    def ask(self, caller: str, key: str, request: Request) -> str:
        """A deposit or withdrawal."""
        if (caller, key) in self.known:
            first, number = self.known[caller, key]
            return "deduplication_mismatch" if first != request else self.moved[number].failure or "replayed"
        type, account, asset, amount = request
        exponent = amount.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or amount <= 0 or -exponent > SCALES[asset]:
            return "invalid"
        failure = self._forbidden(account)
        purse = self.purse(account, asset)
        if not failure and type == "Withdrawal" and purse.total - purse.locked < amount:
            failure = "insufficient_funds"
        status = "Failed" if failure else "Completed" if type == "Deposit" else "AwaitingConfirmation"
        if status == "Completed":
            purse.total += amount
        elif status == "AwaitingConfirmation":
            purse.locked += amount
        self.known[caller, key] = request, len(self.moved)
        self.moved.append(Moved(account, asset, type, amount, status, failure))
        return failure or "done"

    def decide(self, number: int, account: str, status: str) -> str:
        """Confirm or cancel."""
        one = self.moved[number]
        if one.account != account:
            return "not_found"
        if one.type != "Withdrawal":
            return "not_a_withdrawal"
        if one.status == status:
            return "replayed"
        if one.status != "AwaitingConfirmation":
            return "transfer_already_final"
        if status == "Completed" and (code := self._forbidden(account)):
            return code
        purse = self.purse(account, one.asset)
        purse.locked -= one.amount
        if status == "Completed":
            purse.total -= one.amount
        one.status = status
        return "done"

    def close(self, account: str) -> str:
        if any(purse.total for (owner, _), purse in self.purses.items() if owner == account):
            return "account_not_empty"
        self.closed.add(account)
        return "done"

    def _forbidden(self, account: str) -> str:
        if account in self.closed:
            return "account_closed"
        return NOTHING_BEGINS.get(self.statuses[self.owners[account]], "")
