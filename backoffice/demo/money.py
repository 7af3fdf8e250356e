"""The demo's money: deposits and withdrawals of its clients, the same on every desk, each asked for under an id of its own."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any

from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Refused
from backoffice.contracts.history import TransferQuery
from backoffice.contracts.transfers import NewTransfer, TransferDecision
from backoffice.contracts.users import UserQuery, UserSort
from backoffice.services import back_api

TRANSFERS, MOST_USERS = 320, 1_000
# Smallest and largest usual amount, in units of the step; what an account of that name holds.
SIZES: dict[str, tuple[int, int, str]] = {
    "usd": (5_000, 2_500_000, "0.01"),
    "eur": (5_000, 2_000_000, "0.01"),
    "gbp": (5_000, 900_000, "0.01"),
    "jpy": (20_000, 3_000_000, "1"),
    "usdt": (100, 30_000, "1"),
    "btc": (500_000, 150_000_000, "0.00000001"),
    "eth": (50_000, 20_000_000, "0.000001"),
}
MONEY, CRYPTO = ("usd", "usd", "eur", "gbp", "jpy"), ("usdt", "btc", "eth", "usdt")
Available = dict[tuple[str, str], Decimal]


def load(actor: Actor, *, progress: Callable[[str, int, int], None]) -> None:
    """Once: when the first is there already, operators may have gone on from here, and it stays as they left it."""
    accounts = list(_accounts(actor))
    known = {asset.id for asset in back_api().assets.find(actor)}
    if not accounts or not known >= SIZES.keys() or back_api().history.transfer_page(actor, TransferQuery(search=_id(0), limit=1)).items:
        return
    chance, available = Random(2026), defaultdict[tuple[str, str], Decimal](Decimal)  # noqa: S311  a demo, the same every time
    for number in range(TRANSFERS):
        _step(actor, number, chance, accounts[chance.randrange(len(accounts))], available)
    progress("transfers", TRANSFERS, TRANSFERS)


def _accounts(actor: Actor) -> Iterator[AccountDetails]:
    api = back_api()
    users = api.users.find(actor, UserQuery(sort=UserSort(field="UserId", direction="Asc"), limit=MOST_USERS)).items
    yield from sorted(api.accounts.of_users(actor, [user.user_id for user in users]), key=lambda one: (one.user_id, one.account_name))


def _step(actor: Actor, number: int, chance: Random, account: AccountDetails, available: Available) -> None:
    """A deposit while there is nothing; then now and then a withdrawal, of which one in ten asks for too much."""
    asset_id = chance.choice(CRYPTO if "crypto" in account.account_name.lower() else MONEY)
    place, kind, fate = (account.account_id, asset_id), chance.random(), chance.random()
    low, high, step = SIZES[asset_id]
    size = Decimal(chance.randint(low, high)) * Decimal(step)
    if kind < 0.5 or not available[place]:
        wanted = _wanted(number, account, asset_id, size)
        if _done(lambda: back_api().transfers.deposit(actor, wanted)):
            available[place] += size
        return
    share = Decimal(chance.randint(10, 60)) / 100
    amount = available[place] + size if fate > 0.9 else (available[place] * share).quantize(Decimal(step))
    if amount and (made := _done(lambda: back_api().transfers.withdraw(actor, _wanted(number, account, asset_id, amount)))):
        available[place] -= amount
        _decide(actor, TransferDecision(account_id=account.account_id, transfer_id=made.value.transfer_id), fate)


def _decide(actor: Actor, decision: TransferDecision, fate: float) -> None:
    """Most are confirmed, some are canceled, one in five waits for the operators."""
    if fate < 0.6:
        _done(lambda: back_api().transfers.confirm(actor, decision))
    elif fate < 0.7:
        _done(lambda: back_api().transfers.cancel(actor, decision))


def _wanted(number: int, account: AccountDetails, asset_id: str, amount: Decimal) -> NewTransfer:
    return NewTransfer(deduplication_id=_id(number), account_id=account.account_id, amount=amount, asset_id=asset_id)


def _id(number: int) -> str:
    return f"demo-psp-{10_000 + number}"


def _done(call: Callable[[], Any]) -> Any:
    """What is refused is on record as failed, which a demo shows too."""
    try:
        return call()
    except Refused:
        return None
