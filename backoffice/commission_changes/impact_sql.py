"""The statements of an impact. Every word of them stands here; values come as parameters.

An order pays max(sum of its fees, largest floor), rounded up once. Its fills are added up already, whatever the rules (trading_orderfills), so
the two rule books are laid over those sums: of an order that was filled within the period, at one rate or charged in the root asset, nothing more
is needed. Of those that reach beyond the period, or are charged in an asset whose rate moved between their fills, every fill is charged by itself.

Amounts are counted in the smallest unit of the asset of the fee, of which `unit` is the size: rounding up is then `ceil`, and the floor, a quotient,
is rounded up without ever being cut off first.
"""

TABLES = ("impact_rule", "impact_assignment", "impact_payer", "impact_fee", "impact_part")
DROP = "".join(f"DROP TABLE IF EXISTS pg_temp.{name};" for name in TABLES)

CREATE = """
CREATE TEMP TABLE impact_rule (book text, profile_id text, priority int, market_id text, market_group_id text,
    spot_size numeric, cfd_type text, cfd_size numeric, cfd_asset_id text, min_fee_rat numeric);
CREATE TEMP TABLE impact_assignment (book text, priority int, user_id text, account_id text, account_group_id text, profile_id text);
CREATE TEMP TABLE impact_part (market_id text, user_id text, executions bigint, old_rat numeric, new_rat numeric);
"""
COPY_RULES = "COPY impact_rule FROM STDIN"
COPY_ASSIGNMENTS = "COPY impact_assignment FROM STDIN"
# Behind every priority that a rule book can have.
LAST = 2_147_483_647


def _assigned(book: str) -> str:
    return f"""
    LEFT JOIN impact_assignment {book}_a ON {book}_a.book = '{book}' AND {book}_a.account_id = a.id
    LEFT JOIN impact_assignment {book}_u ON {book}_u.book = '{book}' AND {book}_u.user_id = a.user_id
    LEFT JOIN impact_assignment {book}_g ON {book}_g.book = '{book}' AND {book}_g.account_group_id = a.group_id
    JOIN impact_assignment {book} ON {book}.book = '{book}'
        AND {book}.priority = least({book}_a.priority, {book}_u.priority, {book}_g.priority, {LAST})
    """


def _ruled(book: str) -> str:
    of = f"book = '{book}' AND {book}_{{}}.profile_id = k.{book}_profile"
    return f"""
    LEFT JOIN impact_rule {book}_m ON {book}_m.{of.format("m")} AND {book}_m.market_id = m.market_id
    LEFT JOIN impact_rule {book}_g ON {book}_g.{of.format("g")} AND {book}_g.market_group_id = m.market_group_id
    JOIN impact_rule {book} ON {book}.book = '{book}' AND {book}.profile_id = k.{book}_profile
        AND {book}.priority = least({book}_m.priority, {book}_g.priority, {LAST})
    """


def _fee(book: str) -> str:
    """`by` what the fee is, times `rate`: V volume, W its worth, L lots, Q lots at the rate of the quote asset. `least` is divided by that rate."""
    per_lot = f"NOT m.is_spot AND {book}.cfd_type = 'PerLot' AND {book}.cfd_size > 0"
    in_quote = f"{book}.cfd_asset_id = m.quote_asset_id AND m.quote_asset_id <> root.id"
    rate = f"CASE WHEN coalesce({book}.cfd_asset_id, root.id) = root.id OR {in_quote} THEN 1 ELSE {book}_r.rate END"
    return f"""
    CASE WHEN {per_lot} THEN CASE WHEN {in_quote} THEN 'Q' ELSE 'L' END WHEN m.is_spot THEN 'V' ELSE 'W' END AS {book}_by,
    trim_scale(m.units * CASE WHEN {per_lot} THEN {book}.cfd_size * {rate}
        WHEN m.is_spot THEN {book}.spot_size * 0.01 ELSE {book}.cfd_size * 0.01 END) AS {book}_rate,
    CASE WHEN m.is_spot AND {book}.min_fee_rat > 0 THEN trim_scale({book}.min_fee_rat * m.units) END AS {book}_least,
    CASE WHEN m.is_spot THEN 0 ELSE ceil({book}.min_fee_rat * m.units) END AS {book}_floor
    """


# `class`: accounts whose profiles are the same by both books pay alike.
PAYERS = f"""
CREATE TEMP TABLE impact_payer AS
SELECT a.id AS account_id, a.user_id, old.profile_id AS old_profile, new.profile_id AS new_profile,
    dense_rank() OVER (ORDER BY old.profile_id, new.profile_id)::int AS class
FROM accounts_account a {_assigned("old")} {_assigned("new")};
ALTER TABLE impact_payer ADD PRIMARY KEY (account_id);
ANALYZE impact_payer;
"""  # noqa: S608  texts of ours only
FEES = f"""
CREATE TEMP TABLE impact_fee AS
SELECT *, (old_by, old_rate, old_least, old_floor) IS NOT DISTINCT FROM (new_by, new_rate, new_least, new_floor) AS is_same
FROM (
    SELECT k.class, m.market_id, m.is_spot, m.unit, old.cfd_asset_id AS old_asset, new.cfd_asset_id AS new_asset, {_fee("old")}, {_fee("new")}
    FROM (SELECT DISTINCT class, old_profile, new_profile FROM impact_payer) k
    CROSS JOIN (SELECT id, scale FROM markets_asset WHERE is_root) root
    CROSS JOIN LATERAL (
        SELECT m.market_id, m.market_group_id, m.quote_asset_id, m.type = 'Spot' AS is_spot,
            ('1e' || s.scale)::numeric AS units, ('1e-' || s.scale)::numeric AS unit
        FROM markets_market m JOIN markets_asset q ON q.id = m.quote_asset_id
        CROSS JOIN LATERAL (SELECT CASE WHEN m.type = 'Spot' THEN q.scale ELSE root.scale END AS scale) s
    ) m
    {_ruled("old")} {_ruled("new")}
    LEFT JOIN markets_rootrate old_r ON old_r.asset_id = old.cfd_asset_id
    LEFT JOIN markets_rootrate new_r ON new_r.asset_id = new.cfd_asset_id
) fee;
ALTER TABLE impact_fee ADD PRIMARY KEY (class, market_id);
ANALYZE impact_fee;
"""  # noqa: S608  texts of ours only
WITHOUT_RATE = """
SELECT DISTINCT asset FROM (
    SELECT old_asset AS asset FROM impact_fee WHERE old_rate IS NULL UNION ALL SELECT new_asset FROM impact_fee WHERE new_rate IS NULL
) a ORDER BY asset
"""

# Orders are taken by their first fill, so many at once: where each chunk begins. UNION, not UNION ALL: a step that does not move on, since so many
# began at one instant, is the last.
STEPS = """
WITH RECURSIVE step AS (
    SELECT %(from)s::timestamptz AS at
    UNION
    SELECT (SELECT first_at FROM trading_orderfills WHERE first_at >= step.at AND first_at < %(to)s ORDER BY first_at OFFSET %(rows)s LIMIT 1)
    FROM step WHERE step.at IS NOT NULL
)
SELECT at FROM step WHERE at IS NOT NULL ORDER BY at
"""
COUNT = "SELECT count(*) FROM trading_orderfills WHERE first_at >= %(from)s AND first_at < %(to)s"


def _paid(book: str) -> str:
    """Units that an order has paid when its fills so far come to f."""
    return f"""
    greatest(
        ceil(fee.{book}_rate * CASE fee.{book}_by WHEN 'V' THEN f.volume WHEN 'W' THEN f.worth WHEN 'L' THEN f.lots ELSE f.worth_lots END),
        CASE WHEN fee.{book}_least IS NULL THEN fee.{book}_floor
            ELSE div(fee.{book}_least, f.rate_low) + sign(mod(fee.{book}_least, f.rate_low)) END
    )"""


FEE = "JOIN impact_payer p ON p.account_id = f.account_id JOIN impact_fee fee ON fee.class = p.class AND fee.market_id = f.market_id"
KEPT = """
INSERT INTO impact_part SELECT market_id, user_id, sum(executions), sum(old_rat), sum(new_rat) FROM found
GROUP BY GROUPING SETS ((market_id), (user_id))
"""


def _by_fill(orders: str) -> str:
    """What each fill of these orders is charged, when it fell into the period."""
    return f"""
    so_far AS (
        SELECT e.order_id, e.seq, e.at, e.account_id, e.market_id, e.rate_to_root, sum(e.base_amount * e.price) OVER fills AS volume,
            sum(e.base_amount * e.price * e.rate_to_root) OVER fills AS worth, sum(e.lots) OVER fills AS lots,
            sum(e.lots * e.rate_to_root) OVER fills AS worth_lots, min(e.rate_to_root) OVER fills AS rate_low
        FROM trading_execution e WHERE e.order_id = ANY (ARRAY({orders})) WINDOW fills AS (PARTITION BY e.order_id ORDER BY e.seq)
    ),
    paid AS (
        SELECT f.market_id, p.user_id, f.order_id, f.seq, f.at, CASE WHEN fee.is_spot THEN f.rate_to_root * fee.unit ELSE fee.unit END AS unit,
            {_paid("old")} AS old, {_paid("new")} AS new
        FROM so_far f {FEE}
    ),
    charged AS (
        SELECT market_id, user_id, at, (old - lag(old, 1, 0::numeric) OVER fills) * unit AS old_rat,
            (new - lag(new, 1, 0::numeric) OVER fills) * unit AS new_rat
        FROM paid WINDOW fills AS (PARTITION BY order_id ORDER BY seq)
    ),
    by_fill AS (SELECT market_id, user_id, 1 AS executions, old_rat, new_rat FROM charged WHERE at >= %(from)s AND at < %(to)s)
    """  # noqa: S608  texts of ours only


def _across(edge: str) -> str:
    """Orders with fills on both sides of an instant; those filled within an hour are found by their first fill, others have an index of their own."""
    is_across = f"first_at < %({edge})s AND last_at >= %({edge})s"
    return f"""
    SELECT order_id FROM trading_orderfills WHERE {is_across} AND first_at >= %({edge})s - interval '1 hour'
    UNION SELECT order_id FROM trading_orderfills WHERE {is_across} AND last_at - first_at > interval '1 hour'
    """  # noqa: S608  texts of ours only


AT_SEVERAL_RATES = """
SELECT order_id FROM trading_orderfills
WHERE lots IS NULL AND rate_low <> rate_high AND first_at >= %(start)s AND first_at < %(end)s AND last_at < %(to)s
"""
EDGES = f"WITH {_by_fill(_across('from') + ' UNION ' + _across('to'))}, found AS (SELECT * FROM by_fill) {KEPT}"  # noqa: S608  texts of ours only
CHUNK = f"""
WITH whole AS (
    SELECT f.market_id, p.user_id, f.executions, fee.is_same, CASE WHEN fee.is_spot THEN f.rate_low * fee.unit ELSE fee.unit END AS unit,
        {_paid("old")} AS old, CASE WHEN NOT fee.is_same THEN {_paid("new")} END AS new
    FROM trading_orderfills f {FEE}
    WHERE f.first_at >= %(start)s AND f.first_at < %(end)s AND f.last_at < %(to)s AND (f.lots IS NOT NULL OR f.rate_low = f.rate_high)
), {_by_fill(AT_SEVERAL_RATES)},
found AS (
    SELECT market_id, user_id, executions, old * unit AS old_rat, CASE WHEN is_same THEN old ELSE new END * unit AS new_rat FROM whole
    UNION ALL SELECT * FROM by_fill
) {KEPT}
"""  # noqa: S608  texts of ours only


FORGET = "DELETE FROM commission_changes_impactrow WHERE change_set_id = %(id)s"
KEEP = """
INSERT INTO commission_changes_impactrow (change_set_id, kind, key, label, executions, old_rat, new_rat)
SELECT %(id)s, 'Market', p.market_id, max(m.display_name), sum(p.executions), trim_scale(sum(p.old_rat)), trim_scale(sum(p.new_rat))
FROM impact_part p JOIN markets_market m ON m.market_id = p.market_id GROUP BY p.market_id
UNION ALL
SELECT %(id)s, 'Client', p.user_id, max(coalesce(u.name, u.email)), sum(p.executions), trim_scale(sum(p.old_rat)), trim_scale(sum(p.new_rat))
FROM impact_part p JOIN accounts_user u ON u.id = p.user_id GROUP BY p.user_id
UNION ALL
SELECT %(id)s, 'Total', '', '', coalesce(sum(executions), 0), coalesce(trim_scale(sum(old_rat)), 0), coalesce(trim_scale(sum(new_rat)), 0)
FROM impact_part WHERE market_id IS NOT NULL
"""
