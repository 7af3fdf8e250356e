"""What a call is about, so that scopes and policies can be held against it."""

from decimal import Decimal

import msgspec


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Ids that its arguments name, and the groups these belong to. `amount_in_root` is what it would move; None if nothing, or without a rate."""

    accounts: frozenset[str] = frozenset()
    account_groups: frozenset[str] = frozenset()
    markets: frozenset[str] = frozenset()
    market_groups: frozenset[str] = frozenset()
    assets: frozenset[str] = frozenset()
    has_amount: bool = False
    amount_in_root: Decimal | None = None
