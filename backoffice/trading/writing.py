"""What happened in trading, and the money that it moved, in by COPY: lines of text, a tab between two columns, NULL for none."""

import msgspec
from django.db import transaction

from backoffice.contracts.actor import Actor
from backoffice.core.copying import NULL, copy, upsert
from backoffice.ledger import bulk as ledger
from backoffice.transfers import bulk as transfers
from backoffice.transfers.bulk import PastDeposit

__all__ = ["NULL", "Batch", "PastDeposit", "write"]

ORDER = (
    "id", "account_id", "user_id", "market_id", "side", "order_type", "time_in_force", "status", "source", "requested_amount", "filled_amount",
    "limit_price", "avg_price", "leverage", "commission_asset_id", "commission", "commission_in_rat", "rule_id", "hedge", "created_at", "updated_at",
    "reason", "reject_details", "cancellation_date", "position_id",
)  # fmt: skip
EXTERNAL_ORDER = (
    "id", "order_id", "account_id", "user_id", "market_id", "created_at", "status", "side", "order_type", "time_in_force", "requested_amount",
    "filled_amount", "limit_price", "avg_price", "commission_asset_id", "commission", "commission_in_rat", "session_id", "lp_order_id", "updated_at",
)  # fmt: skip
EXECUTION = (
    "id", "order_id", "seq", "at", "account_id", "user_id", "market_id", "market_type", "side", "base_amount", "lots", "price", "quote_asset_id",
    "rate_to_root", "commission_asset_id", "commission", "commission_in_rat", "rule_id", "markup_in_rat", "maker_price", "external_order_id",
    "lp_execution_id", "position_id", "realized_pnl_in_rat", "reason",
)  # fmt: skip
POSITION = (
    "id", "account_id", "user_id", "market_id", "opened_at", "closed_at", "market_type", "side", "lots", "base_amount", "open_price", "leverage",
    "margin_in_rat", "realized_pnl_in_rat", "swaps_in_rat", "funding_in_rat",
)  # fmt: skip
CLOSING = (
    "order_id", "position_id", "account_id", "user_id", "market_id", "closed_at", "opened_at", "market_type", "side", "order_type", "time_in_force",
    "reason", "lots", "base_amount", "open_price", "close_price", "rate_to_root", "position_price_in_rat", "realized_pnl_in_rat",
)  # fmt: skip
SWAP = (
    "id", "position_id", "account_id", "user_id", "market_id", "at", "nights", "swap_type", "size", "amount", "asset_id", "amount_in_rat",
)  # fmt: skip
FUNDING = ("id", "position_id", "account_id", "user_id", "market_id", "at", "rate", "mark_price", "rate_to_root", "amount_in_rat")
UNSOLICITED = (
    "id", "at", "account_id", "user_id", "market_id", "side", "order_type", "time_in_force", "base_amount", "price", "order_id", "external_order_id",
    "lp_order_id", "lp_execution_id", "session_id",
)  # fmt: skip


class Batch(msgspec.Struct, kw_only=True):
    """Lines with the columns above and those of the ledger's bulk. What one batch says of a position or a balance takes the place of what the last
    said: each at most once a batch. Everything else is told once, when it will not change any more or when the telling ends."""

    balances: list[str] = msgspec.field(default_factory=list)
    journals: list[str] = msgspec.field(default_factory=list)
    entries: list[str] = msgspec.field(default_factory=list)
    holds: list[str] = msgspec.field(default_factory=list)
    deposits: list[PastDeposit] = msgspec.field(default_factory=list)
    orders: list[str] = msgspec.field(default_factory=list)
    external_orders: list[str] = msgspec.field(default_factory=list)
    positions: list[str] = msgspec.field(default_factory=list)
    executions: list[str] = msgspec.field(default_factory=list)
    closings: list[str] = msgspec.field(default_factory=list)
    swaps: list[str] = msgspec.field(default_factory=list)
    funding: list[str] = msgspec.field(default_factory=list)
    unsolicited: list[str] = msgspec.field(default_factory=list)


def write(actor: Actor, batch: Batch) -> None:
    """Together or not at all, the money first: whoever moves money locks balances before anything else."""
    with transaction.atomic():
        ledger.write(ledger.Postings(batch.balances, batch.journals, batch.entries, batch.holds))
        transfers.write(actor, batch.deposits)
        copy("trading_order", ORDER, batch.orders)
        copy("trading_externalorder", EXTERNAL_ORDER, batch.external_orders)
        upsert("trading_position", POSITION, batch.positions, key=1)
        copy("trading_execution", EXECUTION, batch.executions)
        copy("trading_closing", CLOSING, batch.closings)
        copy("trading_swap", SWAP, batch.swaps)
        copy("trading_funding", FUNDING, batch.funding)
        copy("trading_unsolicitedtrade", UNSOLICITED, batch.unsolicited)
