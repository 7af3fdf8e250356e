"""Run inside the lab as `python -m tests.faults.opened HOST ...`: opens the bank and prints how its two gateways call and sign, as JSON."""

import json
import sys

import django

django.setup()

from backoffice.contracts.desk import NewApiClient  # noqa: E402  Django is set up first
from backoffice.contracts.operations import ALL  # noqa: E402  Django is set up first
from backoffice.operators import tokens  # noqa: E402  Django is set up first
from backoffice.operators.models import ApiClient  # noqa: E402  Django is set up first
from backoffice.services import back_api, desk  # noqa: E402  Django is set up first
from tests.money import bank  # noqa: E402  Django is set up first

DAY = 86_400


def gateway(name: str, hosts: list[str]) -> dict[str, str]:
    client_id = desk().api_clients.create(bank.OWNER, NewApiClient(name=name, operations=list(ALL))).client_id
    back_api().callbacks.allow_hosts(bank.OWNER, client_id, hosts)
    secret = back_api().callbacks.make_secret(bank.OWNER, client_id).secret
    token = tokens.make(ApiClient.objects.get(pk=client_id), list(ALL), seconds=DAY)
    return {"client_id": client_id, "secret": secret, "token": token}


bank.open_bank()
sys.stdout.write(json.dumps({name: gateway(name, sys.argv[1:]) for name in ("gateway", "other")}))
