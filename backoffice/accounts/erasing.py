"""A client who has left is forgotten: what says who they were goes from the tables and from the trail, and the chain goes on to prove the rest."""

from django.db import connection
from django.db.models.functions import Now

from backoffice.accounts import models
from backoffice.chain import linking
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.core import audit, versions

# Fields as chain/canonical.py names them; the trigger of the trail lets exactly these become this word.
ERASE = """
UPDATE core_auditchange SET
    before = before || coalesce((
        SELECT jsonb_object_agg(key, 'erased') FROM jsonb_each(before) WHERE key IN ('email', 'name') AND value <> 'null'
    ), '{}'),
    after = after || coalesce((
        SELECT jsonb_object_agg(key, 'erased') FROM jsonb_each(after) WHERE key IN ('email', 'name') AND value <> 'null'
    ), '{}')
WHERE object_type = 'user' AND object_id = %s AND (before ?| ARRAY['email', 'name'] OR after ?| ARRAY['email', 'name'])
"""
FORGET = """
UPDATE chain_seal SET salt = NULL WHERE salt IS NOT NULL
AND change_id IN (SELECT id FROM core_auditchange WHERE object_type = 'user' AND object_id = %s)
"""
UNSEALED = """
SELECT count(*) FROM core_auditchange c
WHERE object_type = 'user' AND object_id = %s AND (before ?| ARRAY['email', 'name'] OR after ?| ARRAY['email', 'name'])
AND NOT EXISTS (SELECT FROM chain_seal s WHERE s.change_id = c.id)
"""


def prepare() -> None:
    """What is in the trail gets its seal first: without it the chain could not go on to prove the rest."""
    linking.extend()


def erase(actor: Actor, user_id: str) -> int:
    """How many changes of the trail lost what was personal in them. Refuses: NotFound, Invalid (not terminated), Conflict (not linked yet)."""
    row = versions.lock(models.User.objects.all(), user_id, version=None, name="user")
    if row.status != "Terminated":
        raise Invalid(f"{user_id} is {row.status}; only a Terminated client is erased.", code="not_terminated")
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED, [user_id])
        if cursor.fetchone()[0]:
            raise Conflict("A change of this client waits for its link in the trail's chain; repeat this in a minute.")
        models.User.objects.filter(pk=row.pk).update(email=f"{row.pk}@erased.invalid", name=None, version=row.version + 1, updated_at=Now())
        cursor.execute(ERASE, [user_id])
        count: int = cursor.rowcount
        cursor.execute(FORGET, [user_id])
    audit.changed(actor, "user", row.pk, {"personalData": "kept"}, {"personalData": "erased"})
    return count
