"""History: balances, activity and transfers, as lists that are asked for by filters."""

from typing import Any

from backoffice.api.endpoint import WithHeaders
from backoffice.contracts.actor import Actor
from backoffice.contracts.history import (
    AccountBalances,
    ActiveAccounts,
    ActivityQuery,
    BalancesQuery,
    RowsLimit,
    RowsQuery,
    TransferRows,
    UserBalances,
    UserBalanceTotal,
)
from backoffice.contracts.paging import Slice
from backoffice.services import back_api


def user_total(actor: Actor, user_id: str) -> UserBalanceTotal:
    """What a user holds, in the root asset."""
    return back_api().history.user_balance_total(actor, user_id)


def user_balances(actor: Actor, body: BalancesQuery) -> WithHeaders[UserBalances]:
    """Balances by user and asset."""
    found = back_api().history.user_balances(actor, body)
    return WithHeaders(UserBalances(data=found.items), _next(found))


def account_balances(actor: Actor, body: BalancesQuery) -> WithHeaders[AccountBalances]:
    """Balances by account and asset."""
    found = back_api().history.account_balances(actor, body)
    return WithHeaders(AccountBalances(data=found.items), _next(found))


def active_accounts(actor: Actor, body: ActivityQuery) -> ActiveAccounts:
    """How many accounts have had a transfer."""
    return back_api().history.active_accounts(actor, body)


def transfers(actor: Actor, body: RowsQuery) -> WithHeaders[TransferRows]:
    """Transfers that match, the newest first."""
    found = back_api().history.transfers(actor, body)
    return WithHeaders(TransferRows(data=found.items, limit=RowsLimit(is_exceeded=found.next is not None)), _next(found))


def _next(found: Slice[Any]) -> dict[str, str]:
    # The contract leaves no room in the body for the cursor.
    return {"X-Next": found.next} if found.next else {}
