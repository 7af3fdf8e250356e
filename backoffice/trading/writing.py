"""Orders and executions in by COPY: what tells of many at once writes lines of text, a tab between two columns."""

from collections.abc import Sequence

from django.db import connection, transaction

ORDER = (
    "id", "account_id", "user_id", "market_id", "side", "order_type", "time_in_force", "status", "source", "requested_amount", "filled_amount",
    "limit_price", "avg_price", "leverage", "commission_asset_id", "commission", "commission_in_rat", "rule_id", "hedge", "created_at", "updated_at",
)  # fmt: skip
EXECUTION = (
    "id", "order_id", "seq", "at", "account_id", "user_id", "market_id", "market_type", "side", "base_amount", "lots", "price", "quote_asset_id",
    "rate_to_root", "commission_asset_id", "commission", "commission_in_rat", "rule_id",
)  # fmt: skip
NULL = "\\N"


def store(orders: Sequence[str], executions: Sequence[str]) -> None:
    """Together or not at all; columns as in ORDER and EXECUTION."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, lines in (("trading_order", ORDER, orders), ("trading_execution", EXECUTION, executions)):
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                copy.write("".join(lines))
