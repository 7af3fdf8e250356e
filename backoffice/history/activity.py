"""Who was active in a period, and what was traded: the figures that a broker is billed by."""

from collections.abc import Sequence
from datetime import datetime

from backoffice.contracts.filters import Filter
from backoffice.history.asked import ACCOUNT, Asked, Sql, asked, joined, within
from backoffice.history.parts import parts
from backoffice.history.rollups import ACCOUNTS, TYPES


def active(filters: Sequence[Filter], now: datetime) -> Sql:
    """Accounts with an order, a trade or a transfer that was not refused. Refuses: Invalid."""
    found = _accounts(asked(filters, (ACCOUNT,), {}, now), now)
    return Sql(f"SELECT count(*) AS total FROM ({found.text}) active", found.values)  # noqa: S608  texts of ours only


def accounts(filters: Sequence[Filter], now: datetime) -> Sql:
    """The same, each by its account_id. Refuses: Invalid."""
    return _accounts(asked(filters, (ACCOUNT,), {}, now), now)


def billing(filters: Sequence[Filter], now: datetime) -> Sql:
    """The figures of Billing as one JSON object. Refuses: Invalid."""
    wanted = asked(filters, (ACCOUNT,), {}, now)
    accounts, (_, volumes) = _accounts(wanted, now), parts((TYPES, ACCOUNTS), wanted, now)
    sql = f"""
        SELECT json_build_object(
            'activeAccounts', (SELECT count(*) FROM ({accounts.text}) active),
            'rootAsset', (SELECT id FROM markets_asset WHERE is_root),
            'tradedVolumeSpotInRAT', coalesce(trim_scale(sum(p.volume_in_rat) FILTER (WHERE p.market_type = 'Spot')), 0),
            'tradedVolumeCfdInRAT', coalesce(trim_scale(sum(p.volume_in_rat) FILTER (WHERE p.market_type <> 'Spot')), 0),
            'tradedVolumeTotalInRAT', coalesce(trim_scale(sum(p.volume_in_rat)), 0)
        )::text FROM ({volumes.text}) p
    """  # noqa: S608  texts of ours only
    return Sql(sql, (*accounts.values, *volumes.values))


def _accounts(wanted: Asked, now: datetime) -> Sql:
    _, found = parts((ACCOUNTS,), wanted, now, with_orders=True)
    time, condition = joined([within("r.at", wanted.period), *wanted.moments]), wanted.condition(("account_id",))
    sql = f"""
        SELECT p.account_id FROM ({found.text}) p GROUP BY p.account_id HAVING sum(p.orders) + sum(p.trades) > 0
        UNION
        SELECT r.account_id FROM (SELECT t.account_id, t.created_at AS at FROM transfers_transfer t WHERE t.status <> 'Failed') r
        WHERE {time.text} AND {condition.text}
    """  # noqa: S608  texts of ours only
    return Sql(sql, (*found.values, *time.values, *condition.values))
