-- error
-- A withdrawal that waits has one open hold of exactly its amount; the hold is posted when it is confirmed and voided when it is canceled. No other transfer holds anything.
WITH expected AS (
    SELECT id, account_id, asset_id, amount, status, CASE status
        WHEN 'AwaitingConfirmation' THEN 'open' WHEN 'Completed' THEN 'Posted' WHEN 'Canceled' THEN 'Voided' END AS state
    FROM transfers_transfer WHERE type = 'Withdrawal' AND status <> 'Pending'
), held AS (
    SELECT subject_id, account_id, asset_id, amount, CASE WHEN closed_at IS NULL THEN 'open' ELSE outcome END AS state FROM ledger_hold
    WHERE kind = 'Withdrawal'
)
SELECT 'transfer' AS object_type, coalesce(t.id, h.subject_id) AS object_id,
    format('a withdrawal of %s that is %s has the hold %s', coalesce(t.amount::text, 'nothing'), coalesce(t.status, 'missing'),
        coalesce(h.amount || ' ' || h.state || ' on ' || h.account_id || '/' || h.asset_id, 'of nothing')) AS detail
FROM expected t FULL JOIN held h ON h.subject_id = t.id
WHERE h.state IS DISTINCT FROM t.state
OR h.state IS NOT NULL AND (h.account_id, h.asset_id, h.amount) IS DISTINCT FROM (t.account_id, t.asset_id, t.amount)
