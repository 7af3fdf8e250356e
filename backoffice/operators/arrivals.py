"""People at the door: a password, then a factor for whoever has one; or a passkey alone; and proving later, anew, to be there."""

import ipaddress
import logging
import re
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from django.db import transaction
from django.utils import timezone

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import FactorNeeded, Unauthenticated
from backoffice.contracts.factors import Asked, Proof, Way
from backoffice.core import audit
from backoffice.operators import brakes, challenges, models, notices, owing, passkeys, proofs, rules, sign_ins

KNOWN_NETWORK = timedelta(days=90)
PENDING = "sign_in"
TOO_LATE = "That took too long. Please begin anew."
log = logging.getLogger(__name__)


def sign_in(username: str, password: str, *, network: str, agent: str) -> tuple[str, int]:
    name = username.strip().lower()
    place = place_of(network)
    now = timezone.now()
    pair = brakes.limit("sign-in", name, place, most=10)
    limits = [pair, brakes.limit("sign-in network", place, most=100)]
    # Else a stranger who fails on purpose would lock the person out of the desk they always sit at.
    if not models.SignIn.objects.filter(operator__username=_searchable(name), network=network[:64], started_at__gt=now - KNOWN_NETWORK).exists():
        limits.append(brakes.limit("sign-in name", name, most=20, is_growing=True))
    mark = brakes.take(limits)
    row = models.Operator.objects.filter(username=_searchable(name), is_active=True).first()
    if not _is_right(row, password) or row is None or not settings.PASSWORD_SIGN_IN:
        log.warning("sign-in refused from %s", place)
        raise Unauthenticated("The username or the password is wrong.")
    brakes.give_back(limits, mark)
    brakes.clear(pair)
    if proofs.has_factor(row.pk):
        raise FactorNeeded(challenges.make(PENDING, {"version": row.version}, operator_id=row.pk))
    return admit(row, network=network, agent=agent, proof="password", proved_at=timezone.now())


def finish_sign_in(pending: str, proof: Proof, *, network: str, agent: str) -> tuple[str, int]:
    asked = challenges.read(PENDING, pending)
    row = models.Operator.objects.filter(pk=asked.operator_id, is_active=True, version=asked.asked["version"]).first() if asked else None
    if row is None:
        raise Unauthenticated(TOO_LATE, code="too_late")
    if proof.way not in ("code", "passkey"):
        raise Unauthenticated(proofs.WRONG)
    shown = proofs.check(row, proof)
    if challenges.take(PENDING, pending) is None:
        raise Unauthenticated(TOO_LATE, code="too_late")
    return admit(row, network=network, agent=agent, proof=shown, proved_at=timezone.now())


def ask_passkey(*, network: str) -> Asked:
    brakes.take([brakes.limit("passkey asked", place_of(network), most=100)])
    return passkeys.ask_to_show()


def sign_in_by_passkey(proof: Proof, *, network: str, agent: str) -> tuple[str, int]:
    limits = [brakes.limit("passkey", place_of(network), most=30)]
    mark = brakes.take(limits)
    passkey = passkeys.shown(proof.challenge, proof.value)
    if passkey is None or not passkey.operator.is_active:
        log.warning("passkey refused from %s", place_of(network))
        raise Unauthenticated("This passkey opens nothing here.")
    brakes.give_back(limits, mark)
    return admit(passkey.operator, network=network, agent=agent, proof="passkey", proved_at=timezone.now())


def takes_passwords() -> bool:
    return bool(settings.PASSWORD_SIGN_IN)


def ways_to_confirm(sign_in_id: str) -> frozenset[Way]:
    row = _staying(sign_in_id)
    return proofs.ways(row.operator, takes_passwords=takes_passwords()) if row else frozenset()


def confirm(sign_in_id: str, proof: Proof) -> None:
    row = _staying(sign_in_id)
    if row is None or proof.way not in proofs.ways(row.operator, takes_passwords=takes_passwords()):
        raise Unauthenticated(proofs.WRONG)
    shown = proofs.check(row.operator, proof)
    # A password says nothing that the sign-in had not shown already.
    better = {"proof": shown} if shown in owing.FACTORS else {}
    with transaction.atomic():
        actor = audit.open_record(recorded(row.operator), "identity.confirm")
        models.SignIn.objects.filter(pk=row.pk).update(confirmed_at=timezone.now(), **better)
        audit.changed(actor, "sign_in", row.pk, {}, {"confirmedBy": shown})
        if shown == "recovery":
            notices.tell(row.operator, "RecoveryCodeUsed", network=row.network)


def sign_out(sign_in_id: str) -> None:
    row = models.SignIn.objects.select_related("operator").filter(pk=sign_in_id, ended_at=None).first()
    if row:
        with transaction.atomic():
            sign_ins.end(audit.open_record(recorded(row.operator), "identity.sign_out"), models.SignIn.objects.filter(pk=row.pk))


def admit(row: models.Operator, *, network: str, agent: str, proof: proofs.Shown, proved_at: datetime | None) -> tuple[str, int]:
    """Of somebody who has proved who they are, lately only if `proved_at` says so. The new sign-in's id, and the seconds it may live."""
    now, network, agent = timezone.now(), network[:64], "".join(filter(str.isprintable, agent))[:200]
    with transaction.atomic():
        actor = audit.open_record(recorded(row), "identity.sign_in")
        is_new = _is_new_device(row, network, agent)
        opened = models.SignIn.objects.create(
            operator=row, network=network, agent=agent, started_at=now, seen_at=now, confirmed_at=proved_at, proof=proof
        )
        models.Operator.objects.filter(pk=row.pk).update(last_sign_in_at=now)
        shown = {} if proof == "password" else {"proof": str(proof)}
        audit.changed(actor, "sign_in", opened.id, {}, {"operator": row.username, "network": network, "agent": agent, **shown})
        if is_new:
            notices.tell(row, "NewDevice", network=network, agent=agent)
        if proof == "recovery":
            notices.tell(row, "RecoveryCodeUsed", network=network)
    return str(opened.id), settings.SESSION_LIFE_SECONDS


def recorded(row: models.Operator) -> Actor:
    return Actor(kind="operator", id=row.id, name=row.name, door="portal", operations=frozenset({operations.OWN}))


def place_of(network: str) -> str:
    """Who holds one IPv6 address holds its whole /64."""
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return network[:64]
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def _is_new_device(row: models.Operator, network: str, agent: str) -> bool:
    """A browser and a network that were not seen together; updates of a browser make no new one, and neither does the very first sign-in."""
    earlier = row.sign_ins.filter(started_at__gt=timezone.now() - KNOWN_NETWORK).order_by().values_list("network", "agent").distinct()
    seen = {_device(*one) for one in earlier}
    return bool(seen) and _device(network, agent) not in seen


def _device(network: str, agent: str) -> tuple[str, str]:
    return place_of(network), re.sub(r"[0-9.]+", "", agent)


def _staying(sign_in_id: str) -> models.SignIn | None:
    return sign_ins.live(timezone.now()).select_related("operator").filter(pk=sign_in_id).first()


def _is_right(row: models.Operator | None, password: str) -> bool:
    """The same work whether or not there is such a person."""
    # Asked for even when there is a row: the first call in a process makes this hash, and must not tell who exists.
    nobodys = _nobodys_password(get_hasher().algorithm)
    is_possible = rules.is_possible_password(password)
    tried = password if is_possible else ""
    return (row.check_password(tried) if row else check_password(tried, nobodys)) and is_possible


@cache
def _nobodys_password(hasher: str) -> str:
    return make_password("there is no such person", hasher=hasher)


def _searchable(name: str) -> str:
    return name if rules.USERNAME.fullmatch(name) else ""
