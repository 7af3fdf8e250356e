"""This installation itself: whether it may act on the world outside."""

from typing import Protocol

from backoffice.contracts.actor import Actor


class Installations(Protocol):
    """A restored copy of a desk sends no callbacks, no mails and runs no schedules until it is armed; all else works."""

    def is_armed(self, actor: Actor) -> bool:
        """As of a few seconds ago."""

    def arm(self, actor: Actor) -> None:
        """From now on this one acts. Whoever asks made sure that no other does. Refuses: Conflict, when it is armed."""

    def disarm(self, actor: Actor) -> None:
        """Before its files are copied to where another one runs. Refuses: Conflict, when it is not armed."""
