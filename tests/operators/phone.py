"""A phone with an authenticator app on it."""

import time
from base64 import b32decode
from dataclasses import dataclass

from backoffice.contracts.actor import Actor
from backoffice.contracts.factors import NewAuthenticator, Proof
from backoffice.operators import totp
from backoffice.services import desk


@dataclass
class Phone:
    seed: bytes

    def code(self, later: int = 0) -> str:
        """What it shows now, or that many half minutes later."""
        return totp.code_at(self.seed, int(time.time()) // totp.STEP_SECONDS + later)

    def proof(self, later: int = 0) -> Proof:
        return Proof(way="code", value=self.code(later))


def scanned(begun: NewAuthenticator) -> Phone:
    return Phone(b32decode(begun.seed.replace(" ", "")))


def set_up(actor: Actor, *, keep: str | None = None) -> tuple[Phone, list[str]]:
    """The phone, and the recovery codes. The code of this half minute is used up."""
    begun = desk().factors.begin_authenticator(actor)
    phone = scanned(begun)
    return phone, list(desk().factors.add_authenticator(actor, begun.challenge, phone.code(), keep=keep))
