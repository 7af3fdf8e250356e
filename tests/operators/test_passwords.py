"""Passwords: long enough for what they open, and nothing that anybody would try first."""

import pytest

from backoffice.contracts.desk import NewOperator, Operator
from backoffice.contracts.errors import Invalid
from backoffice.operators import models, passwords
from backoffice.services import desk
from tests.operators.conftest import PASSWORD, ROOT, acting, make_operator

LOOKS, ADMINISTERS = ("view-common", "manage-transfers"), ("manage-roles",)


@pytest.mark.parametrize(
    ("password", "held", "is_good"),
    [
        ("eleven-char", LOOKS, False),
        ("twelve-chars", LOOKS, True),
        ("twelve-chars", ADMINISTERS, False),
        ("fourteen-chars", ADMINISTERS, False),
        ("fifteen--chars-", ADMINISTERS, True),
        ("Meridian-Back-Office-2026", LOOKS, False),
        ("administrator2026", LOOKS, False),
        ("welcome-broker-123456", LOOKS, False),
        ("meridian horse battery", LOOKS, True),
        ("1qaz2wsx3edc", LOOKS, False),
        ("!!!football!!!2026", LOOKS, False),
        ("clerk-clerk-x", LOOKS, False),
        ("   spaces stay   ", LOOKS, True),
        ("пароль из слов", LOOKS, True),
        ("x" * 64 + "y" * 64, LOOKS, True),
        ("x" * 129, LOOKS, False),
        ("twelve\0chars-and", LOOKS, False),
    ],
)
def test_what_is_good_enough(db: None, password: str, held: tuple[str, ...], is_good: bool) -> None:
    somebody = models.Operator(username="clerk-clerk", name="Clerk", email="clerk@example.com")
    assert (passwords.faults(password, somebody, held) == []) is is_good


def test_every_way_to_a_password_asks_for_more_of_administrators(administrator: Operator, roles: dict[str, str]) -> None:
    short = "fourteen-chars"
    with pytest.raises(Invalid, match="not valid"):
        make_operator_with(short, roles["Administrator"])
    make_operator_with(short, roles["Support"])
    with pytest.raises(Invalid):
        desk().operators.set_password(ROOT, administrator.id, short)
    with pytest.raises(Invalid):
        desk().own.change_password(acting("administrator"), PASSWORD, short)
    clerk = make_operator("clerk", roles["Support"])
    desk().operators.set_password(ROOT, clerk.id, short)


def make_operator_with(password: str, role: str) -> None:
    draft = NewOperator(username=f"of-{role[:8]}", name="Of a role", email="of@example.com", password=password, roles=[role])
    desk().operators.create(ROOT, draft)
