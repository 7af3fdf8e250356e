"""How people prove to be who they are: what they show at the door, and what they set up for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value

# What may be shown. A code is one of the authenticator or of the recovery codes.
Way = Literal["password", "code", "passkey", "issuer"]


class Proof(Value, frozen=True, kw_only=True):
    """`value` is the password, the code, or what the browser's passkey answered to the challenge of that id."""

    way: Way
    value: str
    challenge: str = ""


class Asked(Value, frozen=True, kw_only=True):
    """A challenge for the browser's passkeys: its id, and the options of WebAuthn as JSON."""

    challenge: str
    options: str


class Passkey(Value, frozen=True, kw_only=True):
    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


class OwnFactors(Value, frozen=True, kw_only=True):
    """What somebody has set up. With `is_required` they may do nothing of their roles before they have any."""

    authenticator_since: datetime | None
    authenticator_used_at: datetime | None
    passkeys: list[Passkey]
    recovery_codes_left: int
    is_required: bool

    @property
    def has_any(self) -> bool:
        return self.authenticator_since is not None or bool(self.passkeys)


class NewAuthenticator(Value, frozen=True, kw_only=True):
    """A seed that waits for its first code; `address` is what the QR code holds, `seed` the same to be typed."""

    challenge: str
    seed: str
    address: str


class Factors(Protocol):
    """What operators set up for themselves. Whoever sets up or removes one ends their sign-ins but `keep`, the one it is asked through."""

    def get(self, actor: Actor) -> OwnFactors: ...

    def begin_authenticator(self, actor: Actor) -> NewAuthenticator:
        """Nothing holds before the first code is shown. Refuses: Invalid (no operator)."""

    def begun_authenticator(self, actor: Actor, challenge: str) -> NewAuthenticator:
        """The same once more. Refuses: Invalid (too late)."""

    def add_authenticator(self, actor: Actor, challenge: str, code: str, *, keep: str | None = None) -> Sequence[str]:
        """In place of one that is there. The recovery codes, if these are the first factor's. Refuses: Invalid, TooMany."""

    def remove_authenticator(self, actor: Actor, *, keep: str | None = None) -> None:
        """Refuses: NotFound."""

    def begin_passkey(self, actor: Actor) -> Asked:
        """Refuses: Invalid (no operator)."""

    def add_passkey(self, actor: Actor, challenge: str, answer: str, name: str, *, keep: str | None = None) -> Sequence[str]:
        """The recovery codes, if it is the first factor. Refuses: Invalid."""

    def rename_passkey(self, actor: Actor, passkey_id: str, name: str) -> None:
        """Refuses: NotFound, Invalid."""

    def remove_passkey(self, actor: Actor, passkey_id: str, *, keep: str | None = None) -> None:
        """Refuses: NotFound."""

    def make_recovery_codes(self, actor: Actor) -> Sequence[str]:
        """In place of those there are. Refuses: Invalid (no factor to recover from the loss of)."""
