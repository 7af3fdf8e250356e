-- error
-- In every journal the amounts sum to zero in each asset: what one side gets, the other gives.
SELECT 'journal' AS object_type, journal_id AS object_id, format('its entries in %s sum to %s', asset_id, sum(amount)) AS detail
FROM ledger_entry GROUP BY journal_id, asset_id HAVING sum(amount) <> 0
