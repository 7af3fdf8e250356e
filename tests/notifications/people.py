"""Those who read notifications, and facts to tell them of."""

from itertools import count

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.notifications import Severity
from backoffice.notifications.post import post
from backoffice.services import back_api

WORKER = Actor(kind="system", id="notifications", name="Notifications", door="job", operations=frozenset({operations.WORKER}))
NUMBERS = count(1)


def operator(id: str, *held: str) -> Actor:
    given = held or tuple(operations.ALL)
    return Actor(kind="operator", id=id, name=id.title(), door="portal", operations=frozenset({*given, operations.OWN}))


def timed_out(severity: Severity = "warning") -> str:
    """Its interval, which no other has."""
    interval = f"interval {next(NUMBERS)}"
    post("ExternalOrderTimeout", severity, {"interval": interval, "timeouts": [{"marketId": "cfd.xau_usd", "count": 2}]})
    return interval


def dead(host: str = "pay.example.com") -> None:
    about = {"webhookId": f"evt_{next(NUMBERS)}", "clientId": "crm", "host": host, "attempts": "5", "reason": "it answered 500"}
    post("CallbackDead", "error", about)


def intervals(actor: Actor, **asked: object) -> list[str]:
    found = back_api().notifications.find(actor, **asked)  # type: ignore[arg-type]  # passed on as it is
    return [one.data.interval for one in found if one.type == "ExternalOrderTimeout"]
