"""The rule book out of its tables: each reading is one statement, so that it shows one moment."""

from typing import Any

import msgspec
from django.db import connection

from backoffice.commissions import defaults
from backoffice.contracts.rule_book import BookAssignment, BookRule, RuleBook

RULE = """json_build_object(
    'id', r.id, 'profileId', r.profile_id, 'priority', r.priority, 'marketId', r.market_id, 'marketGroupId', r.market_group_id, 'version', r.version,
    'fee', json_build_object(
        'spot', json_build_object('type', 'PerVolume', 'size', r.spot_size::text),
        'cfd', json_build_object('type', r.cfd_type, 'size', r.cfd_size::text, 'assetId', r.cfd_asset_id),
        'minFeeRAT', r.min_fee_rat::text
    )
)"""
ASSIGNMENT = """json_build_object(
    'id', a.id, 'priority', a.priority, 'userId', a.user_id, 'accountId', a.account_id, 'accountGroupId', a.account_group_id,
    'profileId', a.profile_id, 'version', a.version
)"""
PROFILE = "json_build_object('id', p.id, 'name', p.name, 'isDefault', p.is_default, 'version', p.version)"
RULES = f"SELECT coalesce(json_agg({RULE} ORDER BY r.profile_id, r.priority), '[]') FROM commissions_rule r"  # noqa: S608  texts of ours only
ASSIGNMENTS = f"SELECT coalesce(json_agg({ASSIGNMENT} ORDER BY a.priority), '[]') FROM commissions_assignment a"  # noqa: S608  texts of ours only
PROFILES = f"SELECT coalesce(json_agg({PROFILE} ORDER BY p.id), '[]') FROM commissions_profile p"  # noqa: S608  texts of ours only
WHOLE = f"""SELECT json_build_object(
    'profiles', ({PROFILES}), 'rules', ({RULES}), 'assignments', ({ASSIGNMENTS}),
    'assignmentsVersion', coalesce((SELECT version FROM commissions_assignmentlist), 0)
)::text"""  # noqa: S608  texts of ours only

_book = msgspec.json.Decoder(RuleBook)
_rules = msgspec.json.Decoder(list[BookRule])
_assignments = msgspec.json.Decoder(list[BookAssignment])


def snapshot() -> RuleBook:
    found = _book.decode(_json(WHOLE))
    if found.assignments:
        return found
    defaults.ensure()
    return _book.decode(_json(WHOLE))


def rules(profile_id: str) -> list[BookRule]:
    """In the order they are tried; none of a profile there is not."""
    return _rules.decode(_json(f"SELECT ({RULES} WHERE r.profile_id = %s)::text", profile_id))


def assignments() -> list[BookAssignment]:
    """In the order they are tried."""
    found = _assignments.decode(_json(f"SELECT ({ASSIGNMENTS})::text"))
    if found:
        return found
    defaults.ensure()
    return _assignments.decode(_json(f"SELECT ({ASSIGNMENTS})::text"))


def _json(sql: str, *values: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone()
    return str(found[0])
