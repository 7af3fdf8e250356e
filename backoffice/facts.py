"""What the arguments of a call name: accounts and markets with their groups, assets, the worth of an amount."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from backoffice.contracts.facts import Facts

# Names of arguments and of fields, each for one and for many.
KINDS = {
    "account": ("account_id", "account_ids"),
    "user": ("user_id", "user_ids"),
    "market": ("market_id", "market_ids"),
    "transfer": ("transfer_id", "transfer_ids"),
    "asset": ("asset_id", "asset_ids"),
    "account_group": ("account_group_id", "account_group_ids", "group_id"),
    "market_group": ("market_group_id", "market_group_ids"),
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
# Arguments whose keys are ids.
KEYED = {"versions": "market"}
DEEPEST = 4
FIND = """
    WITH moved AS (SELECT account_id, asset_id, amount FROM transfers_transfer WHERE id = ANY(%(transfer)s)),
        named AS (
            SELECT id, group_id FROM accounts_account
            WHERE id = ANY(%(account)s) OR user_id = ANY(%(user)s) OR id IN (SELECT account_id FROM moved)
        )
    SELECT ARRAY(SELECT id FROM named), ARRAY(SELECT group_id FROM named),
        ARRAY(SELECT market_group_id FROM markets_market WHERE market_id = ANY(%(market)s) AND market_group_id IS NOT NULL),
        ARRAY(SELECT asset_id FROM moved), EXISTS (SELECT FROM moved),
        -- What has no rate makes the worth of all of it unknown: left out, it would pass under every limit.
        (
            SELECT CASE WHEN bool_and(r.rate IS NOT NULL) THEN sum(m.amount * r.rate) END
            FROM moved m LEFT JOIN markets_rootrate r ON r.asset_id = m.asset_id
        ),
        (SELECT rate FROM markets_rootrate WHERE asset_id = ANY(%(asset)s) LIMIT 1)
"""


def of(arguments: Mapping[str, Any]) -> Facts:
    """What is unknown is left out: a call about nothing that exists is refused by who carries it out."""
    named = named_in(arguments)
    amounts = [value for name, value in _leaves(arguments, DEEPEST) if name == "amount" and isinstance(value, Decimal)]
    with connection.cursor() as cursor:
        cursor.execute(FIND, {kind: sorted(ids) for kind, ids in named.items()})
        accounts, account_groups, market_groups, assets, is_moved, moved, rate = cursor.fetchone()
    asked = sum(amounts, Decimal()) * rate if amounts and rate is not None else None
    return Facts(
        accounts=frozenset(accounts) | named["account"],
        account_groups=frozenset(account_groups) | named["account_group"],
        markets=frozenset(named["market"]),
        market_groups=frozenset(market_groups) | named["market_group"],
        assets=frozenset(assets) | named["asset"],
        has_amount=bool(amounts) or is_moved,
        amount_in_root=asked if amounts else moved,
    )


def named_in(arguments: Mapping[str, Any]) -> dict[str, set[str]]:
    """Ids by what they are of, whether or not there is such a thing."""
    named: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for name, value in _leaves(arguments, DEEPEST):
        if name in KIND_OF and isinstance(value, str):
            named[KIND_OF[name]].add(value)
        elif name in KEYED and isinstance(value, Mapping):
            named[KEYED[name]].update(value)
    return named


def _leaves(value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        for one in inner if isinstance(inner, Sequence) and not isinstance(inner, str | bytes) else (inner,):
            if isinstance(one, msgspec.Struct) and depth:
                yield from _leaves({field: getattr(one, field) for field in one.__struct_fields__}, depth - 1)
            else:
                yield name, one
