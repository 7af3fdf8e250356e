-- warning
-- What the broker earned by the markup of an execution is the difference to the maker's price; without a maker it earned nothing by it.
SELECT 'execution' AS object_type, id AS object_id,
    format('%s of %s at %s, the maker at %s, a markup of %s in the root asset at %s', side, base_amount, price, maker_price, markup_in_rat, rate_to_root)
    AS detail
FROM trading_execution
WHERE markup_in_rat <> coalesce((price - maker_price) * CASE side WHEN 'Buy' THEN 1 ELSE -1 END * base_amount * rate_to_root, 0)
