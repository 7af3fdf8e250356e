"""The rule book: every profile, rule and assignment at one moment, as plain values. Matching reads it, and drafts of changes hold it."""

from decimal import Decimal

from backoffice.contracts.commissions import CfdFee, FeeSettings, SpotFee
from backoffice.contracts.value import Value

DEFAULT_PROFILE = "default"
NO_FEES = FeeSettings(spot=SpotFee(type="PerVolume", size=Decimal(0)), cfd=CfdFee(type="PerVolume", size=Decimal(0)))


class BookProfile(Value, frozen=True, kw_only=True):
    id: str
    name: str
    is_default: bool = False
    version: int = 1


class BookRule(Value, frozen=True, kw_only=True):
    """`priority` is None for the default rule of its profile. `fee.cfd.asset_id` None is the root asset."""

    id: str
    profile_id: str
    priority: int | None
    market_id: str | None = None
    market_group_id: str | None = None
    fee: FeeSettings
    version: int = 1

    @property
    def is_default(self) -> bool:
        return self.priority is None


class BookAssignment(Value, frozen=True, kw_only=True):
    """`priority` is None for the default assignment."""

    id: str
    priority: int | None
    user_id: str | None = None
    account_id: str | None = None
    account_group_id: str | None = None
    profile_id: str
    version: int = 1

    @property
    def is_default(self) -> bool:
        return self.priority is None


class RuleBook(Value, frozen=True, kw_only=True):
    """Rules by profile, then in the order they are tried; assignments in that order. Versions are those at the moment it was read."""

    profiles: tuple[BookProfile, ...]
    rules: tuple[BookRule, ...]
    assignments: tuple[BookAssignment, ...]
    assignments_version: int = 1
