"""Recovery codes: ten of 80 random bits each, shown once, each good once.

Their hash is a plain SHA-256, as that of client secrets is: nobody guesses 80 random bits.
"""

import hashlib
import re
import secrets

from django.utils import timezone

from backoffice.operators.models import RecoveryCode

COUNT = 10
# Without those that are read as one another.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
LENGTH, GROUP = 16, 4
SHAPE = re.compile(r"[2-9a-z]{16}")


def make(operator_id: str) -> list[str]:
    """New ones in place of all before."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    RecoveryCode.objects.filter(operator=operator_id).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(code_hash=_hashed(operator_id, code), operator_id=operator_id) for code in codes)
    return ["-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for code in codes]


def left(operator_id: str) -> int:
    return RecoveryCode.objects.filter(operator=operator_id, used_at=None).count()


def plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()


def take(operator_id: str, code: str) -> bool:
    """Of two at the same moment one marks it."""
    if not SHAPE.fullmatch(plain(code)):
        return False
    unused = RecoveryCode.objects.filter(code_hash=_hashed(operator_id, plain(code)), operator=operator_id, used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def _hashed(operator_id: str, code: str) -> str:
    return hashlib.sha256(f"{operator_id}\0{code}".encode()).hexdigest()
