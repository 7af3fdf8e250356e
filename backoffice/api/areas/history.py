"""History: balances and transfers, as lists that are asked for by filters."""

from backoffice.api.areas import lists
from backoffice.api.endpoint import WithHeaders, Written
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import RowsQuery
from backoffice.contracts.history import (
    AccountBalances,
    BalancesQuery,
    TransferRows,
    UserBalances,
    UserBalanceTotal,
)
from backoffice.services import back_api


def user_total(actor: Actor, user_id: str) -> UserBalanceTotal:
    """What a user holds, in the root asset."""
    return back_api().history.user_balance_total(actor, user_id)


def user_balances(actor: Actor, body: BalancesQuery) -> WithHeaders[UserBalances]:
    """Balances by user and asset."""
    found = back_api().history.user_balances(actor, body)
    return WithHeaders(UserBalances(data=found.items), lists.following(found))


def account_balances(actor: Actor, body: BalancesQuery) -> WithHeaders[AccountBalances]:
    """Balances by account and asset."""
    found = back_api().history.account_balances(actor, body)
    return WithHeaders(AccountBalances(data=found.items), lists.following(found))


def transfers(actor: Actor, body: RowsQuery) -> Written[TransferRows]:
    """Transfers that match, the newest first."""
    found = back_api().history.transfers(actor, body)
    return Written(lists.limited(found), lists.following(found))
