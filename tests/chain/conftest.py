"""A trail with a few records in it, and a superuser who may do to it what nobody should."""

import time
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import LazySettings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.audit_chain import ChainFault, ChainHead
from backoffice.contracts.users import NewUser, UserChange
from backoffice.services import back_api, desk

WORKER = Actor(kind="system", id="chain", name="chain", door="job", operations=frozenset({operations.WORKER}))
AUDITOR = Actor(kind="operator", id="auditor", name="Auditor", door="portal", operations=frozenset({"view-audit"}))
CLERK = Actor(
    kind="operator", id="clerk", name="Clerk", door="portal", operations=frozenset(operations.ALL), trace_id="trace", reason="asked by phone"
)


def signing_key() -> str:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(autouse=True)
def _key(settings: LazySettings, tmp_path: object) -> None:
    settings.AUDIT_SIGNING_KEY = signing_key()
    settings.DATA_DIR = tmp_path


@pytest.fixture
def trail(transactional_db: None) -> Iterator[list[int]]:
    """Ids of five linked records: two clients made, one changed twice, one made."""
    users = back_api().users
    users.create(CLERK, NewUser(user_id="anna", email="anna@example.com", name="Anna Berg"))
    users.create(CLERK, NewUser(user_id="boris", email="boris@example.com"))
    users.update(CLERK, "anna", UserChange(email="berg@example.com", name="Anna Berg", status="Active"))
    users.update(CLERK, "anna", UserChange(email="berg@example.com", name="Anna Berg", status="Halted"))
    users.create(CLERK, NewUser(user_id="carla", email="carla@example.com", name="Carla"))
    assert desk().audit_chain.extend(WORKER) == 5
    with connection.cursor() as cursor:
        settle(cursor)
        # Nothing is left to be linked; that everything of these times is linked is known only now.
        assert desk().audit_chain.extend(WORKER) == 0
        cursor.execute("SELECT record_id FROM chain_link ORDER BY number")
        yield [id for (id,) in cursor.fetchall()]


def forge(*statements: str) -> None:
    """As somebody for whom no trigger and no constraint holds."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            cursor.execute("SET session_replication_role = origin")
        settle(cursor)


def settle(cursor: CursorWrapper) -> None:
    """Until everything is over that runs now, in other tests' databases, too: of younger records the verifier says nothing yet."""
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    (now,) = cursor.fetchone()
    end = time.monotonic() + 120
    while time.monotonic() < end:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [now])
        if cursor.fetchone()[0]:
            return
        time.sleep(0.05)
    raise AssertionError("a transaction of another test does not end")


def faults(*heads: ChainHead) -> list[ChainFault]:
    return desk().audit_chain.verify(AUDITOR, heads=heads).faults


def places(*heads: ChainHead) -> list[tuple[int | None, int | None]]:
    return [(fault.number, fault.record) for fault in faults(*heads)]
