"""The hosted History; each answer is one statement, so that all its figures are of one instant."""

from collections.abc import Iterator
from typing import TypeVar

import msgspec
from django.db import connection

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.filters import ROWS_MOST, Filter, RowsQuery, Sort
from backoffice.contracts.history import (
    BALANCES_MOST,
    AccountBalanceRow,
    BalancesQuery,
    ListedTransfer,
    TransferQuery,
    TransferRow,
    TransferSort,
    UserBalance,
    UserBalanceTotal,
)
from backoffice.contracts.paging import Page, Rows, Slice
from backoffice.core import filters as language
from backoffice.core import keyset, sources
from backoffice.core.filters import Clause
from backoffice.core.sources import Source
from backoffice.history import asking
from backoffice.history.sources import ACCOUNT_BALANCES, LISTED_TRANSFERS, TRANSFERS, USER_BALANCES, WORTH

Row = TypeVar("Row", bound=msgspec.Struct)

TOTAL = f"""
    SELECT {WORTH} FROM accounts_user u
    LEFT JOIN accounts_account a ON a.user_id = u.id
    LEFT JOIN ledger_balance b ON b.account_id = a.id
    LEFT JOIN markets_rootrate w ON w.asset_id = b.asset_id
    WHERE u.id = %s GROUP BY u.id
"""  # noqa: S608  texts of ours only
# Behind every text that begins alike.
LAST = "\U0010ffff"
SORTS = {"CreatedAt": "createdAt", "UpdatedAt": "updatedAt", "Amount": "assetAmount"}
ACCOUNTS = """
    SELECT id FROM accounts_account WHERE id = %s OR user_id = %s
    UNION SELECT a.id FROM accounts_account a JOIN accounts_user u ON u.id = a.user_id WHERE upper(u.email) LIKE upper(%s)
    LIMIT %s
"""
ACCOUNTS_MOST = 1_000


def user_balance_total(actor: Actor, user_id: str) -> UserBalanceTotal:  # noqa: ARG001  verbs are told who asks
    with connection.cursor() as cursor:
        cursor.execute(TOTAL, [user_id])
        found = cursor.fetchone()
    if found is None:
        raise NotFound(f"There is no user {user_id}.")
    return UserBalanceTotal(total_balance_in_rat=found[0])


def user_balances(actor: Actor, query: BalancesQuery) -> Slice[UserBalance]:  # noqa: ARG001  verbs are told who asks
    return _balances(USER_BALANCES, UserBalance, query)


def account_balances(actor: Actor, query: BalancesQuery) -> Slice[AccountBalanceRow]:  # noqa: ARG001  verbs are told who asks
    return _balances(ACCOUNT_BALANCES, AccountBalanceRow, query)


def transfers(actor: Actor, query: RowsQuery) -> Rows[TransferRow]:  # noqa: ARG001  verbs are told who asks
    return asking.rows(TRANSFERS, TransferRow, query)


def transfer_page(actor: Actor, query: TransferQuery) -> Page[ListedTransfer]:  # noqa: ARG001  verbs are told who asks
    asking.refuse(keyset.limit_fault(query.limit, ROWS_MOST))
    clauses = [*language.clauses(LISTED_TRANSFERS.fields, [*_entries(query), *query.filters]), *_search(query.search)]
    chosen = query.sort or TransferSort()
    sort = Sort(field=SORTS[chosen.field], direction=chosen.direction)
    found = sources.find(LISTED_TRANSFERS, ListedTransfer, clauses, sort=sort, after=query.after, limit=query.limit)
    total, is_exceeded = sources.count(LISTED_TRANSFERS, clauses) if query.is_counted else (0, False)
    return Page(items=found.items, next=found.next, total=total, is_exceeded=is_exceeded)


def _balances(source: Source, row: type[Row], query: BalancesQuery) -> Slice[Row]:
    asking.refuse(keyset.limit_fault(BALANCES_MOST if query.limit is None else query.limit, BALANCES_MOST))
    clauses = language.clauses(source.fields, query.filters)
    found = sources.find(source, row, clauses, sort=query.sort, after=query.after, limit=query.limit or BALANCES_MOST)
    asking.refuse_cut(query.limit, found.next, BALANCES_MOST)
    return found


def _entries(query: TransferQuery) -> Iterator[Filter]:
    for name, values in (("type", query.types), ("status", query.statuses), ("assetId", query.asset_ids)):
        if values:
            yield Filter(entry_type="Exact", field=name, value=list(values))
    for name, value in (("userId", query.user_id), ("accountId", query.account_id)):
        if value is not None:
            yield Filter(entry_type="Exact", field=name, value=value)
    ends = {"from": query.created_from, "to": query.created_to}
    if given := {name: end.isoformat() for name, end in ends.items() if end is not None}:
        yield Filter(entry_type="Range", field="createdAt", value=given)


def _search(text: str | None) -> list[Clause]:
    """Few accounts found are looked up by their ids; with many, a walk through the newest transfers meets enough of them soon."""
    if not text:
        return []
    part = f"%{language.literal(text)}%"
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [text, text, part, ACCOUNTS_MOST + 1])
        accounts = [account for (account,) in cursor.fetchall()]
    are_few = len(accounts) <= ACCOUNTS_MOST
    of_accounts = Clause("r.account_id = ANY(%s::text[])", (accounts,)) if are_few else Clause("upper(r.user_email) LIKE upper(%s)", (part,))
    own = "r.transfer_id = %s OR (r.deduplication_id >= %s AND r.deduplication_id < %s)"
    return [Clause(f"{own} OR {of_accounts.sql}", (text, text, text + LAST, *of_accounts.values))]
