"""External orders that no liquidity provider answered in time, told of in sums."""

from typing import Protocol

from backoffice.contracts.actor import Actor


class ExternalTimeouts(Protocol):
    def tell(self, actor: Actor) -> int:
        """Of each interval of the last hour that is over, by market, those that nobody was told of yet: as one notification an interval.

        How many notifications that are.
        """
