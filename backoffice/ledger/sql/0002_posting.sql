-- The only writers of balances; amounts are kept without trailing zeros, as they are told.
-- Whoever calls has asked ledger_lock for the balance first: money is taken in one order, the balance, then the transfer.

-- The balance, locked until the transaction ends. It is made at zero first: there is nothing to lock in a balance that does not
-- exist yet, and two first deposits would both read zero.
CREATE FUNCTION ledger_lock(p_account text, p_asset text) RETURNS ledger_balance LANGUAGE plpgsql AS $$
DECLARE
    held ledger_balance;
BEGIN
    SELECT * INTO held FROM ledger_balance WHERE account_id = p_account AND asset_id = p_asset FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO ledger_balance (account_id, asset_id) VALUES (p_account, p_asset) ON CONFLICT DO NOTHING;
        SELECT * INTO held FROM ledger_balance WHERE account_id = p_account AND asset_id = p_asset FOR NO KEY UPDATE;
    END IF;
    RETURN held;
END $$;

-- One journal of two entries: `amount` on the account, its opposite on a house account. `unlocked` leaves the hold in the same step.
CREATE FUNCTION ledger_post(
    p_journal text, p_kind text, p_subject text, p_account text, p_asset text, p_amount numeric, p_unlocked numeric, p_house text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
    after numeric;
BEGIN
    UPDATE ledger_balance SET total = trim_scale(total + p_amount), locked = trim_scale(locked - p_unlocked), seq = seq + 1, updated_at = p_at
        WHERE account_id = p_account AND asset_id = p_asset RETURNING seq, total INTO STRICT number, after;
    INSERT INTO ledger_journal (id, kind, subject_id, at) VALUES (p_journal, p_kind, p_subject, p_at);
    INSERT INTO ledger_entry (journal_id, line, account_id, asset_id, amount, seq, balance_after, at) VALUES
        (p_journal, 1, p_account, p_asset, p_amount, number, after, p_at),
        (p_journal, 2, p_house || ':' || p_asset, p_asset, -p_amount, NULL, NULL, p_at);
END $$;

CREATE FUNCTION ledger_hold(p_subject text, p_account text, p_asset text, p_amount numeric, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger_balance SET locked = trim_scale(locked + p_amount), updated_at = p_at WHERE account_id = p_account AND asset_id = p_asset;
    INSERT INTO ledger_hold (subject_id, account_id, asset_id, amount, opened_at) VALUES (p_subject, p_account, p_asset, p_amount, p_at);
END $$;

-- The hold ends and its amount leaves the account.
CREATE FUNCTION ledger_settle(p_subject text, p_journal text, p_kind text, p_house text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held ledger_hold;
BEGIN
    UPDATE ledger_hold SET closed_at = p_at, outcome = 'Posted' WHERE subject_id = p_subject AND closed_at IS NULL RETURNING * INTO STRICT held;
    PERFORM ledger_post(p_journal, p_kind, p_subject, held.account_id, held.asset_id, -held.amount, held.amount, p_house, p_at);
END $$;

-- The hold ends and its amount is available again.
CREATE FUNCTION ledger_void(p_subject text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held ledger_hold;
BEGIN
    UPDATE ledger_hold SET closed_at = p_at, outcome = 'Voided' WHERE subject_id = p_subject AND closed_at IS NULL RETURNING * INTO STRICT held;
    UPDATE ledger_balance SET locked = trim_scale(locked - held.amount), updated_at = p_at WHERE account_id = held.account_id AND asset_id = held.asset_id;
END $$;
