"""What history can be asked for: the rows of each list and the fields to filter and sort them by."""

from typing import get_args

from backoffice.contracts.transfers import TransferStatus, TransferType
from backoffice.core.filters import Field
from backoffice.core.sources import Source

# What balances b come to at rates w: nothing known without a root asset, or without a rate for something that is held.
WORTH = """
    CASE WHEN bool_or(b.total <> 0 AND w.rate IS NULL) OR NOT EXISTS (SELECT FROM markets_asset WHERE is_root) THEN NULL
        ELSE coalesce(trim_scale(sum(b.total * w.rate)), 0) END
"""
# Left joins, though each row has its partner: what a question does not name, the planner then leaves out.
ACCOUNT_BALANCES = Source(
    rows="""
        SELECT a.user_id, u.email AS user_email, b.account_id, a.name AS account_name, a.group_id AS account_group_id,
            b.asset_id, s.name AS asset_name,
            b.total AS total_asset_amount, b.total - b.locked AS available_asset_amount, b.locked AS locked_asset_amount,
            w.rate AS rate_to_root_asset, trim_scale(b.total * w.rate) AS total_asset_amount_in_rat,
            trim_scale((b.total - b.locked) * w.rate) AS available_asset_amount_in_rat, trim_scale(b.locked * w.rate) AS locked_asset_amount_in_rat
        FROM ledger_balance b
        LEFT JOIN accounts_account a ON a.id = b.account_id
        LEFT JOIN accounts_user u ON u.id = a.user_id
        LEFT JOIN markets_asset s ON s.id = b.asset_id
        LEFT JOIN markets_rootrate w ON w.asset_id = b.asset_id
    """,
    fields={
        "userId": Field("user_id", "text", is_sortable=True),
        "userEmail": Field("user_email", "text"),
        "accountId": Field("account_id", "text", is_sortable=True),
        "accountName": Field("account_name", "text", is_sortable=True),
        "accountGroupId": Field("account_group_id", "text"),
        "assetId": Field("asset_id", "text", is_sortable=True),
        "assetName": Field("asset_name", "text", is_sortable=True),
        "totalAssetAmount": Field("total_asset_amount", "number", is_sortable=True),
        "availableAssetAmount": Field("available_asset_amount", "number", is_sortable=True),
        "lockedAssetAmount": Field("locked_asset_amount", "number", is_sortable=True),
        "totalAssetAmountInRAT": Field("total_asset_amount_in_rat", "number"),
        "availableAssetAmountInRAT": Field("available_asset_amount_in_rat", "number"),
        "lockedAssetAmountInRAT": Field("locked_asset_amount_in_rat", "number"),
    },
    key=("account_id", "asset_id"),
    order=("accountId", "Asc"),
)
USER_BALANCES = Source(
    rows="""
        SELECT a.user_id, u.email AS user_email, b.asset_id, s.name AS asset_name, sum(b.total) AS total_asset_amount,
            sum(b.total) - sum(b.locked) AS available_asset_amount, sum(b.locked) AS locked_asset_amount,
            w.rate AS rate_to_root_asset, trim_scale(sum(b.total) * w.rate) AS total_asset_amount_in_rat,
            trim_scale((sum(b.total) - sum(b.locked)) * w.rate) AS available_asset_amount_in_rat,
            trim_scale(sum(b.locked) * w.rate) AS locked_asset_amount_in_rat
        FROM ledger_balance b
        JOIN accounts_account a ON a.id = b.account_id
        JOIN accounts_user u ON u.id = a.user_id
        JOIN markets_asset s ON s.id = b.asset_id
        LEFT JOIN markets_rootrate w ON w.asset_id = b.asset_id
        GROUP BY a.user_id, u.email, b.asset_id, s.name, w.rate
    """,
    fields={name: field for name, field in ACCOUNT_BALANCES.fields.items() if not name.startswith("account")},
    key=("user_id", "asset_id"),
    order=("userId", "Asc"),
)
TRANSFERS = Source(
    rows="""
        SELECT a.user_id, u.email AS user_email, u.name AS user_name, t.account_id, a.name AS account_name, a.group_id AS account_group_id,
            t.id AS transfer_id, t.asset_id, s.name AS asset_name, t.type, t.status, t.amount AS asset_amount, t.created_at, t.updated_at,
            x.rate AS rate_to_root_asset, trim_scale(t.amount * x.rate) AS asset_amount_in_rat, t.deduplication_id, t.failure_code, t.caller
        FROM transfers_transfer t
        LEFT JOIN accounts_account a ON a.id = t.account_id
        LEFT JOIN accounts_user u ON u.id = a.user_id
        LEFT JOIN markets_asset s ON s.id = t.asset_id
        LEFT JOIN markets_rootrate w ON w.asset_id = t.asset_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN t.status IN ('Completed', 'Failed', 'Canceled') THEN t.rate_to_root ELSE w.rate END AS rate
        ) x
    """,
    fields={
        "transferId": Field("transfer_id", "text", is_sortable=True),
        "deduplicationId": Field("deduplication_id", "text"),
        "userId": Field("user_id", "text"),
        "userEmail": Field("user_email", "text"),
        "accountId": Field("account_id", "text"),
        "accountName": Field("account_name", "text"),
        "accountGroupId": Field("account_group_id", "text"),
        "assetId": Field("asset_id", "text"),
        "assetName": Field("asset_name", "text"),
        "type": Field("type", "word", get_args(TransferType)),
        "status": Field("status", "word", get_args(TransferStatus)),
        "assetAmount": Field("asset_amount", "number", is_sortable=True),
        "assetAmountInRAT": Field("asset_amount_in_rat", "number"),
        "createdAt": Field("created_at", "time", is_sortable=True),
    },
    key=("transfer_id",),
    order=("createdAt", "Desc"),
)
# The desk's own list knows a little more of each transfer than the contract's.
LISTED_TRANSFERS = Source(
    rows=TRANSFERS.rows,
    fields=TRANSFERS.fields | {"updatedAt": Field("updated_at", "time", is_sortable=True), "failureCode": Field("failure_code", "text")},
    key=TRANSFERS.key,
    order=TRANSFERS.order,
)
