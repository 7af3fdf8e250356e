"""Who trades: an account with its habits, what it has, and the positions it holds."""

from random import Random

from backoffice.commissions.match import AccountFacts
from backoffice.demo.trading.books import Wallet
from backoffice.demo.trading.venues import Venue

# What clients bring along, in the root asset.
WEALTH = (400, 1_000, 2_500, 2_500, 5_000, 5_000, 10_000, 10_000, 25_000, 50_000, 120_000)


class Position:
    """`steps` are open now; `opened` steps at a worth of `opened_worth` led to it. Sizes and prices as its venue counts them; money in units of
    the root asset."""

    __slots__ = (
        "closed_at", "funding", "id", "is_long", "leverage", "opened", "opened_at", "opened_worth", "rate", "realized", "steps", "swaps", "trader",
        "venue",
    )  # fmt: skip

    def __init__(self, id: str, trader: "Trader", venue: Venue, opened_at: int, rate: int, leverage: int, *, is_long: bool) -> None:
        self.id, self.trader, self.venue, self.opened_at, self.rate, self.is_long, self.leverage = (
            id,
            trader,
            venue,
            opened_at,
            rate,
            is_long,
            leverage,
        )
        self.steps = self.opened = self.opened_worth = self.realized = self.swaps = self.funding = 0
        self.closed_at: int | None = None

    @property
    def is_reduced(self) -> bool:
        return self.steps != self.opened


class Trader:
    """`begin` is when the account was opened; nothing happens on it before `busy`, when the last thing happened."""

    __slots__ = ("begin", "busy", "facts", "is_active", "is_netting", "markup", "name", "positions", "scales", "venues", "wallets", "wealth")

    def __init__(self, facts: AccountFacts, begin: int, venues: list[Venue], scales: dict[str, int], *, is_netting: bool, is_active: bool) -> None:
        self.facts, self.begin, self.busy, self.venues, self.scales = facts, begin, begin, venues, scales
        self.is_netting, self.is_active = is_netting, is_active
        self.name = f"{facts.account_id}\t{facts.user_id}"
        self.wallets: dict[str, Wallet] = {}
        self.positions: dict[str, list[Position]] = {}
        self.wealth, self.markup = 0, 0

    def wallet(self, asset_id: str) -> Wallet:
        found = self.wallets.get(asset_id)
        if found is None:
            found = self.wallets[asset_id] = Wallet(self.facts.account_id, asset_id, self.scales[asset_id])
        return found


def favourites(name: str, venues: list[Venue], chance: Random) -> list[Venue]:
    """A handful, of which the first are traded most; what an account is called says what it is for."""
    kinds = {"crypto": ("Spot", "Spot", "Spot", "Perp"), "futures": ("Perp",), "long term": ("Spot",), "savings": ("Spot",)}
    wanted = next((kinds[word] for word in kinds if word in name.lower()), ("Cfd", "Cfd", "Cfd", "Cfd", "Spot", "Spot", "Perp"))
    pools = [pool for kind in wanted if (pool := [venue for venue in venues if venue.facts.type == kind])] or [venues]
    # The first markets of each kind are the well-known ones.
    return [pool[int(len(pool) * chance.random() ** 2.2)] for pool in (chance.choice(pools) for _ in range(chance.randint(3, 7)))]
