-- error
-- In every asset the amounts of all entries, those of clients and those of the house, sum to zero.
SELECT 'asset' AS object_type, asset_id AS object_id, format('all its entries sum to %s', sum(amount)) AS detail
FROM ledger_entry GROUP BY asset_id HAVING sum(amount) <> 0
