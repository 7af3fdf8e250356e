"""The fields of a market group."""

from backoffice.contracts.market_groups import MarketGroup, MarketGroupChange, NewMarketGroup
from portal.forms.form import Field, Form

NAME = Field(name="name", label="Name", is_required=True, hint="Unique, up to 50 characters")
ID = Field(
    name="marketGroupId", label="Id", hint="Lower-case letters, digits and hyphens, for market files; made from the name when empty. It stays."
)
NEW, CHANGE = (NAME, ID), (NAME,)
LABELS = {one.name: one.label for one in NEW}


def form_of(group: MarketGroup, version: int) -> Form:
    return Form.of_value(CHANGE, group, version)


def draft_of(form: Form) -> NewMarketGroup:
    """Refuses: Invalid."""
    return form.read(NewMarketGroup)


def change_of(form: Form) -> MarketGroupChange:
    """Refuses: Invalid."""
    return form.read(MarketGroupChange)
