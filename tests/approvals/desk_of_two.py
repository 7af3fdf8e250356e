"""A desk at which nobody is alone: people with roles, policies, and calls to hold."""

import base64
from itertools import count
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.utils import timezone

from backoffice.approvals import policies
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import Approval, ApprovalPolicy, ApprovalPolicyDraft
from backoffice.contracts.desk import NewOperator, RoleDraft
from backoffice.contracts.errors import Held
from backoffice.operators import identity, models
from backoffice.services import desk

EVERYTHING = frozenset({*operations.ALL, operations.OWN})
OWNER = Actor(kind="system", id="tests", name="tests", door="cli", operations=EVERYTHING, trace_id="trace-approvals")
KEYS = {"k1": base64.b64decode("A" * 43 + "=")}
NUMBERS = count(1)


def role(name: str, *granted: str) -> str:
    return desk().roles.create(OWNER, RoleDraft(name=name, operations=list(granted))).id


def person(name: str, *roles: str) -> Actor:
    """An operator who is signed in at the portal."""
    draft = NewOperator(username=name, name=name.title(), email=f"{name}@example.com", password="correct horse battery", roles=list(roles))
    return acting(desk().operators.create(OWNER, draft).id)


def acting(operator_id: str) -> Actor:
    found = identity.actor_now("operator", operator_id, trace_id=f"trace-{next(NUMBERS)}")
    assert found
    return msgspec.structs.replace(found, door="portal", confirmed_at=timezone.now())


def policy(covers: str, **more: Any) -> ApprovalPolicy:
    made = desk().approval_policies.create(OWNER, ApprovalPolicyDraft(**{"name": f"policy {next(NUMBERS)}", "covers": covers, **more}))
    policies.forget()
    return made


def held(act: Any, *args: Any, **kwargs: Any) -> str:
    """The id of the approval that the call waits for."""
    with pytest.raises(Held) as refusal:
        act(*args, **kwargs)
    return refusal.value.approval_id


def approve(actor: Actor, approval_id: str, **more: Any) -> Approval:
    seen = desk().approvals.get(actor, approval_id)
    return desk().approvals.approve(actor, approval_id, seen.shown_hash, **more)


def take_role(actor: Actor, role_id: str) -> None:
    models.Operator.roles.through.objects.filter(operator_id=actor.id, role_id=role_id).delete()


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
