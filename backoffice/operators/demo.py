"""The people of the demo broker: one for each preconfigured role, with passwords that everybody knows."""

from typing import NamedTuple

from django.conf import settings

from backoffice.contracts.desk import NewOperator
from backoffice.operators.models import Operator
from backoffice.operators.preconfigured import CLI, ensure_roles, role_id
from backoffice.services import desk


class DemoOperator(NamedTuple):
    username: str
    name: str
    role: str

    @property
    def password(self) -> str:
        return f"demo-{self.username}-2026!"


PEOPLE = (
    DemoOperator("dana", "Dana Whitfield", "Administrator"),
    DemoOperator("marek", "Marek Novotny", "Dealer"),
    DemoOperator("ingrid", "Ingrid Solberg", "Finance"),
    DemoOperator("omar", "Omar Haddad", "Support"),
    DemoOperator("yuki", "Yuki Tanaka", "Auditor"),
)


class NotForProduction(Exception):
    """Known passwords would be an open door."""


def make_demo_operators() -> None:
    """Those who are not there yet. Refuses: NotForProduction."""
    if settings.PRODUCTION:
        raise NotForProduction("demo operators have known passwords and are not for production")
    ensure_roles()
    for person in PEOPLE:
        if not Operator.objects.filter(username=person.username).exists():
            desk().operators.create(
                CLI,
                NewOperator(
                    username=person.username,
                    name=person.name,
                    email=f"{person.username}@example.com",
                    password=person.password,
                    roles=[role_id(person.role)],
                ),
            )


def present() -> list[DemoOperator]:
    """Those who are there and still have their known password."""
    rows = {row.username: row for row in Operator.objects.filter(username__in=[person.username for person in PEOPLE], is_active=True)}
    return [person for person in PEOPLE if person.username in rows and rows[person.username].check_password(person.password)]
