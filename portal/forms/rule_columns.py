"""The columns of a rule file, in words."""

from collections.abc import Sequence
from typing import NamedTuple


class RuleColumn(NamedTuple):
    field: str
    label: str
    hint: str
    is_required: bool = True


COLUMNS: Sequence[RuleColumn] = (
    RuleColumn("profileId", "Profile", "id of the profile whose rule list this row is in"),
    RuleColumn("priority", "Priority", "1 is tried first; 1 to n, each once; empty for the default rule"),
    RuleColumn("marketId", "Market", "id of a market, or", is_required=False),
    RuleColumn("marketGroupId", "Market group", "id of a market group", is_required=False),
    RuleColumn("isDefault", "Default rule", "true for the rule that catches every other market; left out, it stays as it is", is_required=False),
    RuleColumn("spotSize", "Spot fee", "percent of the volume"),
    RuleColumn("cfdType", "CFD fee type", "PerVolume or PerLot"),
    RuleColumn("cfdSize", "CFD fee", "percent of the volume, or an amount a lot"),
    RuleColumn("cfdAssetId", "CFD fee asset", "of an amount a lot; empty is the root asset", is_required=False),
    RuleColumn("minFeeRAT", "Least fee", "the least that an order pays, in the root asset"),
)
LABELS = {one.field: one.label for one in COLUMNS}
