"""The desk's own capabilities; mypy checks each module against its Protocol here."""

from backoffice.operators import api_clients, operators, own, roles, trail
from backoffice.operators import installation
from backoffice.services import Desk


def build() -> Desk:
    return Desk(operators=operators, roles=roles, api_clients=api_clients, own=own, audit=trail, installation=installation)
