"""Who is there, asked before there is an actor."""

from collections.abc import Collection, Mapping
from typing import Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Token, TokenRequest
from backoffice.contracts.factors import Asked, Proof, Way


class Identity(Protocol):
    """Who is there. The one part of the desk that acts before there is an actor, so the guard does not wrap it."""

    def sign_in(self, username: str, password: str, *, network: str, agent: str) -> tuple[str, int]:
        """The new sign-in's id, and the seconds it may live. Refuses: Unauthenticated, TooMany, FactorNeeded (the password was right)."""

    def finish_sign_in(self, pending: str, proof: Proof, *, network: str, agent: str) -> tuple[str, int]:
        """With the second factor that FactorNeeded asked for. Refuses: Unauthenticated (code too_late: begin anew), TooMany."""

    def ask_passkey(self, *, network: str) -> Asked:
        """A challenge that any passkey of anybody may answer. Refuses: TooMany."""

    def sign_in_by_passkey(self, proof: Proof, *, network: str, agent: str) -> tuple[str, int]:
        """Refuses: Unauthenticated, TooMany."""

    def issuer_name(self) -> str:
        """What people call the other issuer who signs them in, "" when there is none."""

    def takes_passwords(self) -> bool: ...

    def ask_issuer(self, *, answer_at: str, is_anew: bool = False) -> tuple[str, str]:
        """Where to send the browser, and the id of what is asked; `is_anew` has the person prove themselves there once more.

        Refuses: Unavailable, NotFound (there is none).
        """

    def sign_in_by_issuer(self, asked: str, answer: Mapping[str, str], *, network: str, agent: str) -> tuple[str, int]:
        """`answer` is the query that the browser came back with. Refuses: Unauthenticated, Unavailable, FactorNeeded."""

    def ways_to_confirm(self, sign_in_id: str) -> frozenset[Way]:
        """What this person may show to prove anew to be there: a factor of theirs; the password for who has none."""

    def confirm(self, sign_in_id: str, proof: Proof) -> None:
        """Refuses: Unauthenticated, TooMany."""

    def actor_of_sign_in(self, sign_in_id: str, *, trace_id: str, is_seen: bool = True) -> Actor | None:
        """None when it ended, was idle too long, is too old, or its operator is not active. Without `is_seen` asking keeps no sign-in from idling."""

    def live_sign_ins(self, ids: Collection[str]) -> set[str]:
        """Those of them that are not over; asking keeps none from idling."""

    def sign_out(self, sign_in_id: str) -> None: ...

    def issue_token(self, request: TokenRequest, *, network: str) -> Token:
        """Refuses: Unauthenticated, TooMany."""

    def count_use(self, client_id: str, *, is_refused: bool) -> None:
        """Of the API, by a client; written about once a minute."""

    def actor_of_token(self, token: str, *, trace_id: str) -> Actor:
        """Refuses: Unauthenticated, with the same words whatever is wrong."""

    def actor_now(self, kind: str, id: str, *, trace_id: str) -> Actor | None:
        """The actor of a job with the rights that its requester holds now; None when the requester may no longer act."""
