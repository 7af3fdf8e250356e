"""The demo's payment gateway: an API client whose callbacks go to the receiver that runs beside the desk."""

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import msgspec
from django.conf import settings

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewApiClient
from backoffice.contracts.transfers import NewTransfer
from backoffice.contracts.users import UserQuery
from backoffice.demo.receiver.secrets import FILE, Gateway
from backoffice.services import back_api, desk

NAME = "Demo gateway"
HOST = "receiver.demo.test"
OPERATIONS = ["view-common", "view-balances", "view-transfers", "manage-transfers"]
# With the receiver down these wait, and tell of themselves as soon as it is up.
AMOUNTS = ("250", "1200.50", "75")


def load(actor: Actor, *, port: int, progress: Callable[[str, int, int], None]) -> None:
    """Once: a gateway that is there keeps its secrets."""
    if any(client.name == NAME for client in desk().api_clients.find(actor)):
        return
    made = desk().api_clients.create(actor, NewApiClient(name=NAME, operations=OPERATIONS))
    callbacks = back_api().callbacks
    callbacks.allow_hosts(actor, made.client_id, [f"{HOST}:{port}"])
    secret = callbacks.make_secret(actor, made.client_id).secret
    _keep(Gateway(client_id=made.client_id, client_secret=made.client_secret, callback_secret=secret, receiver_port=port))
    if settings.PLAIN_HTTP_CALLBACKS:
        gateway = Actor(kind="client", id=made.client_id, name=NAME, door="api", operations=frozenset(OPERATIONS))
        _transfers(actor, gateway, f"http://{HOST}:{port}/callbacks")
    progress("gateway", 1, 1)


def _transfers(actor: Actor, gateway: Actor, url: str) -> None:
    users = back_api().users.find(actor, UserQuery(statuses=["Active"], limit=1)).items
    accounts = back_api().accounts.find(actor, users[0].user_id) if users else []
    if not accounts:
        return
    for number, amount in enumerate(AMOUNTS):
        wanted = NewTransfer(
            deduplication_id=f"demo-gateway-{number}", account_id=accounts[0].account_id, asset_id="usd", amount=Decimal(amount), callback_url=url
        )
        act = back_api().transfers.withdraw if number == len(AMOUNTS) - 1 else back_api().transfers.deposit
        act(gateway, wanted)


def _keep(gateway: Gateway) -> None:
    folder = Path(settings.DATA_DIR) / FILE.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / FILE.name
    place.unlink(missing_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(msgspec.json.encode(gateway))
