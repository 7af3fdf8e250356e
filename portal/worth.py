"""How amounts read: with the decimals of their asset, and in the root asset rounded to its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal

from backoffice.contracts.actor import Actor
from backoffice.guard import permitted
from backoffice.services import back_api

# More than any amount has; Decimal's usual 28 digits would round large ones.
EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
SHOWN_DECIMALS = 2


@dataclass(frozen=True)
class Worth:
    """`root` is empty while no root asset is chosen; an asset without a known scale shows what digits it has."""

    root: str = ""
    scales: Mapping[str, int] = field(default_factory=dict)

    def text(self, amount: Decimal, asset_id: str) -> str:
        """Two decimals at least where the asset has as many, and never fewer than the amount has."""
        return grouped(with_decimals(amount, min(SHOWN_DECIMALS, self.scales.get(asset_id, 0))))

    def root_text(self, amount: Decimal | None) -> str:
        """Rounded half to even for showing; a dash where there is no rate."""
        if amount is None:
            return "—"
        places = self.scales.get(self.root, SHOWN_DECIMALS)
        return grouped(format(amount.quantize(Decimal(1).scaleb(-places), context=EXACT), "f"))


def worth_of(actor: Actor) -> Worth:
    if not permitted(actor, "assets.find"):
        return Worth()
    root = back_api().rates.root(actor)
    return Worth(root.asset_id if root else "", {asset.id: asset.scale for asset in back_api().assets.find(actor)})


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None when one of them is: a sum that leaves something out would pass for the whole."""
    found = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        found = EXACT.add(found, amount)
    return found


def with_decimals(amount: Decimal, least: int) -> str:
    whole, _, places = format(amount, "f").partition(".")
    places = places.rstrip("0").ljust(least, "0")
    return f"{whole}.{places}" if places else whole


def grouped(text: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, places = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{places}"
