-- error
-- No two transfers of one caller have the same deduplicationId.
SELECT 'transfer' AS object_type, min(id) AS object_id, format('%s transfers of %s are called %s', count(*), caller, deduplication_id) AS detail
FROM transfers_transfer GROUP BY caller, deduplication_id HAVING count(*) > 1
