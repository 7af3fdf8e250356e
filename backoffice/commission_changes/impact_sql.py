"""The statements of an impact. Every word of them stands here; values come as parameters.

An order pays max(sum of its fees, largest floor), rounded up once: so its fills are added up first, whatever the rules, and the two rule books
are laid over the sums. An order that lies whole in the chunk and had one rate (or is charged in the root asset) is done with that. Of the others,
which began before it or are charged in an asset whose rate moved between their fills, every fill is charged by itself.

Amounts are counted in the smallest unit of the asset of the fee, of which `unit` is the size: rounding up is then `ceil`, and the floor, a
quotient, is rounded up without ever being cut off first.
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
    """`by` what the fee is: V volume, L lots, Q lots at the rate of the quote asset; times `rate`. `least` is for a division by the rate."""
    per_lot = f"NOT m.is_spot AND {book}.cfd_type = 'PerLot' AND {book}.cfd_size > 0"
    in_quote = f"{book}.cfd_asset_id = m.quote_asset_id AND m.quote_asset_id <> root.id"
    rate = f"CASE WHEN coalesce({book}.cfd_asset_id, root.id) = root.id OR {in_quote} THEN 1 ELSE {book}_r.rate END"
    return f"""
    CASE WHEN {per_lot} THEN CASE WHEN {in_quote} THEN 'Q' ELSE 'L' END ELSE 'V' END AS {book}_by,
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
ANALYZE impact_payer;
"""  # noqa: S608
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
"""  # noqa: S608
WITHOUT_RATE = """
SELECT DISTINCT asset FROM (
    SELECT old_asset AS asset FROM impact_fee WHERE old_rate IS NULL UNION ALL SELECT new_asset FROM impact_fee WHERE new_rate IS NULL
) a ORDER BY asset
"""
IS_PER_LOT_IN_QUOTE = "SELECT EXISTS (SELECT FROM impact_fee WHERE old_by = 'Q' OR new_by = 'Q')"

# Where each chunk of so many begins, the first aside; stepping costs a third of numbering all of them. UNION, not UNION ALL: a step that does
# not move on, since so many happened at one instant, is the last.
STEPS = """
WITH RECURSIVE step AS (
    SELECT %(from)s::timestamptz AS at
    UNION
    SELECT (SELECT e.at FROM trading_execution e WHERE e.at >= step.at AND e.at < %(to)s ORDER BY e.at OFFSET %(rows)s LIMIT 1)
    FROM step WHERE step.at IS NOT NULL
)
SELECT at FROM step WHERE at IS NOT NULL ORDER BY at
"""
COUNT = "SELECT count(*) FROM trading_execution WHERE at >= %(from)s AND at < %(to)s"


def _paid(book: str, sums: str) -> str:
    """Units that an order has paid when its fills so far come to `sums`."""
    return f"""
    greatest(
        ceil(fee.{book}_rate * CASE fee.{book}_by WHEN 'V' THEN {sums}.volume WHEN 'L' THEN {sums}.lots ELSE {sums}.worth_lots END),
        CASE WHEN fee.{book}_least IS NULL THEN fee.{book}_floor
            ELSE div(fee.{book}_least, {sums}.low) + sign(mod(fee.{book}_least, {sums}.low)) END
    )"""


VOLUME = "CASE WHEN e.lots IS NULL THEN e.base_amount * e.price ELSE e.base_amount * e.price * e.rate_to_root END"
SUM = "commission_changes_sum_of_few"
LOW, HIGH = (f"{of}(e.rate_to_root) FILTER (WHERE e.lots IS NULL)" for of in ("min", "max"))
FEE = "JOIN impact_payer p ON p.account_id = f.account_id JOIN impact_fee fee ON fee.class = p.class AND fee.market_id = f.market_id"


def part(*, per_lot_in_quote: bool) -> str:
    """Adds one chunk to impact_part. The sum of lots at their rates costs a tenth of the time and is for fees that hardly anybody has."""
    worth_lots = f"{SUM}(e.lots * e.rate_to_root)" if per_lot_in_quote else "NULL::numeric"
    running = "sum(e.lots * e.rate_to_root) OVER fills" if per_lot_in_quote else "NULL::numeric"
    return f"""
    WITH filled AS (
        SELECT e.order_id, any_value(e.account_id) AS account_id, any_value(e.market_id) AS market_id, count(*) AS executions,
            {SUM}({VOLUME}) AS volume, {SUM}(e.lots) AS lots, {worth_lots} AS worth_lots, {LOW} AS low,
            max(e.seq) = count(*) AND {LOW} IS NOT DISTINCT FROM {HIGH} AS is_whole
        FROM trading_execution e WHERE e.at >= %(from)s AND e.at < %(to)s GROUP BY e.order_id
    ),
    whole AS (
        SELECT f.market_id, p.user_id, f.executions, fee.is_same, CASE WHEN fee.is_spot THEN f.low * fee.unit ELSE fee.unit END AS worth,
            {_paid("old", "f")} AS old, CASE WHEN NOT fee.is_same THEN {_paid("new", "f")} END AS new
        FROM filled f {FEE} WHERE f.is_whole
    ),
    so_far AS (
        SELECT e.order_id, e.seq, e.at, e.account_id, e.market_id, e.rate_to_root, sum({VOLUME}) OVER fills AS volume,
            sum(e.lots) OVER fills AS lots, {running} AS worth_lots, min(e.rate_to_root) OVER fills AS low
        FROM trading_execution e
        WHERE e.order_id = ANY (ARRAY(SELECT order_id FROM filled WHERE NOT is_whole))
        WINDOW fills AS (PARTITION BY e.order_id ORDER BY e.seq)
    ),
    paid AS (
        SELECT f.market_id, p.user_id, f.at, CASE WHEN fee.is_spot THEN f.rate_to_root * fee.unit ELSE fee.unit END AS worth,
            f.order_id, f.seq, {_paid("old", "f")} AS old, {_paid("new", "f")} AS new
        FROM so_far f {FEE}
    ),
    charged AS (
        SELECT market_id, user_id, at, worth, old - lag(old, 1, 0::numeric) OVER fills AS old, new - lag(new, 1, 0::numeric) OVER fills AS new
        FROM paid WINDOW fills AS (PARTITION BY order_id ORDER BY seq)
    ),
    found AS (
        SELECT market_id, user_id, executions, old * worth AS old_rat, CASE WHEN is_same THEN old ELSE new END * worth AS new_rat FROM whole
        UNION ALL
        SELECT market_id, user_id, 1, old * worth, new * worth FROM charged WHERE at >= %(from)s AND at < %(to)s
    )
    INSERT INTO impact_part SELECT market_id, user_id, sum(executions), sum(old_rat), sum(new_rat) FROM found
    GROUP BY GROUPING SETS ((market_id), (user_id))
    """  # noqa: S608


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
