"""A bank with some of everything in its books: each kind and state of transfer, callbacks, two assets, two clients."""

from typing import Any, NamedTuple

from django.db import connection

from backoffice.books.look import look
from backoffice.callbacks.models import ClientSettings, Secret
from backoffice.chain import heads, linking
from backoffice.contracts.errors import Invalid
from backoffice.services import back_api
from tests.money.bank import GATEWAY, decision, deposit, open_account, open_bank, withdraw

URL = "https://pay.example.com/callbacks"


class Ledger(NamedTuple):
    """The ids of what is in it: `anna` and `boris` are accounts, the others transfers of anna's."""

    anna: str
    boris: str
    deposited: str
    waiting: str
    confirmed: str
    canceled: str
    failed: str


def make() -> Ledger:
    open_bank()
    ClientSettings.objects.create(client_id="gateway", allowed_hosts=["pay.example.com"])
    Secret.objects.create(client_id="gateway", key_id="tests", sealed=b"sealed")
    anna, boris = open_account(), open_account("boris")
    deposited = deposit(anna, "250.25", url=URL)
    deposit(anna, "0.00000001", "btc")
    deposit(boris, "12.5")
    waiting, confirmed, canceled = (withdraw(anna, amount, url=URL) for amount in ("30", "20.05", "10"))
    back_api().transfers.confirm(GATEWAY, decision(anna, confirmed))
    back_api().transfers.cancel(GATEWAY, decision(anna, canceled, url=URL + "/2"))
    failed = refused(anna)
    linking.extend()
    heads.export()
    return Ledger(anna, boris, *(made.transfer_id for made in (deposited, waiting, confirmed, canceled)), failed)


def refused(account: str) -> str:
    try:
        withdraw(account, "1000000")
    except Invalid as refusal:
        return str(refusal.transfer_id)
    raise AssertionError("so much money should not be there")


def spoil(*statements: str, **values: Any) -> None:
    """Do what the database would refuse: its triggers and references look away, and constraints are dropped by the statements."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement, values)
            assert cursor.rowcount, statement
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def violations() -> dict[str, set[str]]:
    """By invariant the ids of what violates it."""
    return {checked.id: {example.object_id for example in checked.examples} for checked in look().violated}
