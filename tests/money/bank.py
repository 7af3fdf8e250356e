"""A small bank to move money at: two clients with an account each, dollars, bitcoin, and gold that is only ours."""

from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection

from backoffice.contracts.accounts import AccountChange, NewAccount, NewAccountGroup
from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.operations import ALL, OWN
from backoffice.contracts.rates import NewPrice
from backoffice.contracts.transfers import NewTransfer, Transfer, TransferDecision
from backoffice.contracts.users import NewUser, UserChange, UserQuery, UserStatus
from backoffice.services import back_api

OWNER = Actor(kind="system", id="tests", name="tests", door="cli", operations=frozenset({*ALL, OWN}), trace_id="trace-money")
GATEWAY = Actor(kind="client", id="gateway", name="Gateway", door="api", operations=frozenset({*ALL, OWN}), trace_id="trace-gateway")
OTHER = Actor(kind="client", id="other", name="Other", door="api", operations=frozenset({*ALL, OWN}), trace_id="trace-other")
NUMBERS = count(1)


def open_bank() -> None:
    api = back_api()
    crm = [NewAsset(id="usd", name="US Dollar", scale=2, type="Fiat"), NewAsset(id="btc", name="Bitcoin", scale=8, type="Crypto")]
    api.assets.sync(OWNER, crm)
    api.assets.create(OWNER, NewAsset(id="xau", name="Gold", scale=4, type="Metals"))
    api.rates.set_root(OWNER, "usd")
    api.rates.set_prices(OWNER, [NewPrice(base_asset_id="btc", quote_asset_id="usd", price=Decimal("64000.5"), source="tests")])
    api.account_groups.create(OWNER, NewAccountGroup(account_group_id="retail", name="Retail"))


def open_account(user: str = "anna", *, name: str = "Main") -> str:
    if not any(found.user_id == user for found in back_api().users.find(OWNER, UserQuery()).items):
        back_api().users.create(OWNER, NewUser(user_id=user, email=f"{user}@example.com", name=user.title()))
    draft = NewAccount(account_name=name, account_group_id="retail", account_type="Hedging")
    return back_api().accounts.create(OWNER, user, draft).account_id


def wanted(account: str, amount: str, asset: str = "usd", *, key: str | None = None, url: str | None = None) -> NewTransfer:
    return NewTransfer(deduplication_id=key or f"key-{next(NUMBERS)}", account_id=account, amount=Decimal(amount), asset_id=asset, callback_url=url)


def deposit(account: str, amount: str, asset: str = "usd", *, by: Actor = GATEWAY, **more: Any) -> Transfer:
    return back_api().transfers.deposit(by, wanted(account, amount, asset, **more)).value


def withdraw(account: str, amount: str, asset: str = "usd", *, by: Actor = GATEWAY, **more: Any) -> Transfer:
    return back_api().transfers.withdraw(by, wanted(account, amount, asset, **more)).value


def decision(account: str, transfer: Transfer, *, url: str | None = None) -> TransferDecision:
    return TransferDecision(account_id=account, transfer_id=transfer.transfer_id, callback_url=url)


def balance(account: str, asset: str = "usd") -> tuple[str, str]:
    """Total and locked, as text."""
    found = {row.asset_id: row for row in back_api().ledger.balances(OWNER, account)}
    return (format(found[asset].total, "f"), format(found[asset].locked, "f")) if asset in found else ("0", "0")


def set_status(user: str, status: UserStatus) -> None:
    current = back_api().users.get(OWNER, user).value
    back_api().users.update(OWNER, user, UserChange(email=current.email, name=current.name, status=status))


def close_account(user: str, account: str) -> None:
    found = back_api().accounts.by_id(OWNER, account).value
    change = AccountChange(account_name=found.account_name, account_group_id=found.account_group_id, status="Closed")
    back_api().accounts.update(OWNER, user, account, change)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that money is made of, to show that a refusal changed none."""
    tables = ("ledger_balance", "ledger_journal", "ledger_entry", "ledger_hold", "transfers_transfer", "transfers_event", "callbacks_callback")
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} t ORDER BY t::text")
            found[table] = cursor.fetchall()
        return found


def scalar(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
