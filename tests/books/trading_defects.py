"""Defects of what is on record of trading, one at a time, each with what an auditor must find."""

from tests.books.defects import defect, finds

FILLS = "SELECT id FROM trading_execution WHERE order_id = %({0})s"
FILL = FILLS.format("bought") + " AND seq = {0}"
OF_TOTALS: dict[str, str] = {"T10_accounts": "{account}", "T10_markets": "spot.btc_eur", "T10_types": "Spot"}
TRADING_DEFECTS = {
    "an order says that more is filled": defect(
        "UPDATE trading_order SET filled_amount = filled_amount + 0.01 WHERE id = %(partly)s", finds(T1_orders="{partly}")
    ),
    "an order says another price": defect("UPDATE trading_order SET avg_price = avg_price + 0.01 WHERE id = %(bought)s", finds(T1_orders="{bought}")),
    "an order says another commission": defect(
        "UPDATE trading_order SET commission_in_rat = commission_in_rat + 1 WHERE id = %(bought)s", finds(T1_orders="{bought}")
    ),
    "an execution is dropped": defect(
        f"DELETE FROM trading_execution WHERE id = ({FILL.format(2)})",
        finds(T1_orders="{bought}", T3_journals="{second_fill}", T9_fills="{bought}", **OF_TOTALS, T10_assets="{account}"),
    ),
    "an execution is numbered out of turn": defect(
        f"UPDATE trading_execution SET seq = 7 WHERE id = ({FILL.format(2)})", finds(T1_orders="{bought}")
    ),
    "an execution is of another client": defect(
        f"UPDATE trading_execution SET user_id = 'boris' WHERE id = ({FILL.format(2)})", finds(T1_executions="{second_fill}")
    ),
    "an execution is earlier than its order": defect(
        f"UPDATE trading_execution SET at = at - interval '1 hour' WHERE id = ({FILL.format(2)})",
        finds(T1_executions="{second_fill}", T9_fills="{bought}", T10_types="Spot"),
    ),
    "an order is completed with something left": defect(
        "ALTER TABLE trading_order DROP CONSTRAINT order_completed_is_filled",
        "UPDATE trading_order SET status = 'Completed' WHERE id = %(partly)s",
        finds(T1_states="{partly}", T7_holds="{partly}"),
    ),
    "a markup is off": defect(
        f"UPDATE trading_execution SET markup_in_rat = markup_in_rat + 0.01 WHERE id = ({FILL.format(1)})",
        finds(T2_markups="{first_fill}", **OF_TOTALS),
    ),
    "a fill within the house earns a markup": defect(
        f"UPDATE trading_execution SET markup_in_rat = 1 WHERE id = ({FILL.format(2)})", finds(T2_markups="{second_fill}", **OF_TOTALS)
    ),
    "the worth of a trade is rounded down": defect(
        f"UPDATE ledger_entry SET amount = amount + sign(amount) * 0.01 WHERE asset_id = 'eur' AND account_id NOT LIKE 'fees:%%' "
        f"AND journal_id = ({FILL.format(2)}) AND abs(amount) > 1000",
        finds(A3_total="{account}/eur", A9_running="{second_fill}", H1="eur", T3_amounts="{second_fill}"),
    ),
    "a trade moves somebody else's money": defect(
        f"UPDATE ledger_entry SET account_id = %(other)s WHERE journal_id = ({FILLS.format('opened')}) AND seq IS NOT NULL",
        finds(
            A3_total={"{account}/usd", "{other}/usd"},
            A9_numbers={"{account}/usd", "{other}/usd"},
            A9_running={"{open_fill}", "{close_fill}"},
            T3_amounts="{open_fill}",
        ),
    ),
    "a commission is booked as a trade": defect(
        f"UPDATE ledger_entry SET account_id = 'trading:usd' WHERE journal_id = ({FILLS.format('opened')}) AND account_id = 'fees:usd'",
        finds(T3_amounts="{open_fill}", T3_journals="{open_fill}"),
    ),
    "a trade has lost its journal": defect(
        f"UPDATE ledger_journal SET kind = 'Correction', subject_id = NULL WHERE id = ({FILLS.format('closed')})", finds(T3_journals="{close_fill}")
    ),
    "a journal of a trade is of nothing": defect(
        "INSERT INTO ledger_journal (id, kind, subject_id, at) VALUES ('STRAY', 'Trade', 'STRAY', now())",
        "INSERT INTO ledger_entry (journal_id, line, account_id, asset_id, amount, at) "
        "VALUES ('STRAY', 1, 'trading:usd', 'usd', 5, now()), ('STRAY', 2, 'fees:usd', 'usd', -5, now())",
        finds(T3_journals="STRAY"),
    ),
    "half of a trade is missing": defect(
        f"UPDATE ledger_journal SET kind = 'Correction', id = 'OTHER', subject_id = NULL WHERE id = ({FILLS.format('sold')})",
        f"UPDATE ledger_entry SET journal_id = 'OTHER' WHERE journal_id = ({FILLS.format('sold')}) AND asset_id = 'eur'",
        "INSERT INTO ledger_journal (id, kind, subject_id, at) SELECT id, 'Trade', id, at FROM trading_execution WHERE order_id = %(sold)s",
        finds(T3_journals="{sold_fill}"),
    ),
    "a swap says another amount": defect("UPDATE trading_swap SET amount = amount - 1 WHERE id = %(swap)s", finds(T4_payments="{swap}")),
    "a funding payment has not been made": defect(
        "UPDATE ledger_journal SET kind = 'Correction', subject_id = NULL WHERE id = %(funding)s", finds(T4_payments="{funding}")
    ),
    "a swap is gone": defect("DELETE FROM trading_swap WHERE id = %(swap)s", finds(T4_payments="{swap}", T5_positions="{gone}")),
    "more of a position is open than there is": defect(
        "UPDATE trading_position SET lots = lots + 1 WHERE id = %(kept)s", finds(T5_positions="{kept}")
    ),
    "a position is closed too early": defect(
        "ALTER TABLE trading_position DROP CONSTRAINT position_is_open_or_closed",
        "UPDATE trading_position SET closed_at = now() WHERE id = %(kept)s",
        finds(T5_positions="{kept}"),
    ),
    "a position realized something else": defect(
        "UPDATE trading_position SET realized_pnl_in_rat = 0 WHERE id = %(gone)s", finds(T5_positions="{gone}")
    ),
    "a position was never opened at its price": defect(
        "UPDATE trading_position SET open_price = 1 WHERE id = %(short)s", finds(T5_positions="{short}")
    ),
    "a position is missing": defect("DELETE FROM trading_position WHERE id = %(short)s", finds(T5_positions="{short}")),
    "a closing says another price": defect(
        "UPDATE trading_closing SET close_price = close_price + 1 WHERE order_id = %(closed)s", finds(T6_closings="{closed}")
    ),
    "a closing is missing": defect("DELETE FROM trading_closing WHERE order_id = %(closed)s", finds(T6_closings="{closed}")),
    "a loss is rounded down": defect(
        "UPDATE trading_execution SET realized_pnl_in_rat = -0.83 WHERE realized_pnl_in_rat < 0",
        finds(T3_amounts="{loss_fill}", T5_positions="{gone}", T6_closings="{loss}", T6_realized="{loss_fill}"),
    ),
    "a resting order holds less than it may need": defect(
        "UPDATE ledger_hold SET amount = amount - 0.02 WHERE subject_id = %(partly)s", finds(A3_locked="{account}/eur", T7_holds="{partly}")
    ),
    "a resting order holds nothing": defect(
        "DELETE FROM ledger_hold WHERE subject_id = %(resting)s", finds(A3_locked="{account}/btc", T7_holds="{resting}")
    ),
    "an order that is over holds something": defect(
        "UPDATE trading_order SET status = 'Cancelled' WHERE id = %(resting)s", finds(T7_holds="{resting}")
    ),
    "a liquidity provider filled more than there is": defect(
        f"UPDATE trading_execution SET external_order_id = NULL WHERE id = ({FILL.format(1)})", finds(T8_external="{external}")
    ),
    "an execution names an external order that is not there": defect(
        f"UPDATE trading_execution SET external_order_id = 'NOBODY', maker_price = price WHERE id = ({FILL.format(2)})", finds(T8_external="NOBODY")
    ),
    "an external order is on the other side": defect(
        "UPDATE trading_externalorder SET side = 'Sell' WHERE id = %(external)s", finds(T8_external="{external}")
    ),
    "the kept sums of an order are off": defect(
        "UPDATE trading_orderfills SET worth = worth + 1 WHERE order_id = %(bought)s", finds(T9_fills="{bought}")
    ),
    "a total of an account is off": defect(
        "UPDATE history_accounttotal SET trades = trades + 1 WHERE unit = 'Ever' AND market_type = 'Perp'", finds(T10_accounts="{account}")
    ),
    "a total in an asset is off": defect(
        "UPDATE history_accountassettotal SET amount = amount + 1 WHERE unit = 'Month' AND asset_id = 'xau'", finds(T10_assets="{account}")
    ),
    "a total of a market is gone": defect(
        "DELETE FROM history_markettotal WHERE unit = 'Month' AND market_id = 'perp.btc_usd'", finds(T10_markets="perp.btc_usd")
    ),
    "a total of a quarter of an hour is off": defect(
        "UPDATE history_typetotal SET commission_in_rat = commission_in_rat + 1 WHERE market_type = 'Perp'", finds(T10_types="Perp")
    ),
    "an execution is counted twice": defect(
        "INSERT INTO history_delta (at, account_id, market_id, market_type, commission_asset_id, orders, trades, base_amount, quote_amount, "
        "volume_in_rat, commission, commission_in_rat, markup_in_rat) SELECT at, account_id, market_id, market_type, commission_asset_id, 0, 1, "
        "base_amount, base_amount * price, base_amount * price * rate_to_root, commission, commission_in_rat, markup_in_rat "
        "FROM trading_execution WHERE market_type = 'Perp'",
        finds(T10_accounts="{account}", T10_assets="{account}", T10_markets="perp.btc_usd", T10_types="Perp"),
    ),
}
LOSS = "SELECT {0} FROM trading_execution WHERE realized_pnl_in_rat < 0"
TRADING_NAMES = {
    "first_fill": "SELECT id FROM trading_execution WHERE order_id = '{bought}' AND seq = 1",
    "second_fill": "SELECT id FROM trading_execution WHERE order_id = '{bought}' AND seq = 2",
    "sold_fill": "SELECT id FROM trading_execution WHERE order_id = '{sold}'",
    "open_fill": "SELECT id FROM trading_execution WHERE order_id = '{opened}'",
    "close_fill": "SELECT id FROM trading_execution WHERE order_id = '{closed}'",
    "loss_fill": LOSS.format("id"),
    "loss": LOSS.format("order_id"),
}
