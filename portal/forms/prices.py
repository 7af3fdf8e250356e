"""The fields of a price."""

from collections.abc import Sequence

from backoffice.contracts.assets import Asset
from backoffice.contracts.errors import Invalid
from backoffice.contracts.rates import NewPrice
from portal.forms.form import Field, Form, choices_of

SOURCE = "operator"


def fields_of(assets: Sequence[Asset]) -> tuple[Field, ...]:
    named = choices_of(((one.id, f"{one.id} · {one.name}") for one in assets), empty="Choose an asset")
    return (
        Field(name="baseAssetId", label="One unit of", kind="choice", choices=named, is_required=True),
        Field(name="price", label="costs", kind="decimal", is_required=True, hint="Like 64250.5"),
        Field(name="quoteAssetId", label="of", kind="choice", choices=named, is_required=True),
        Field(name="source", label="Source", is_required=True, hint="Who says so, up to 50 characters"),
    )


def price_of(form: Form) -> NewPrice:
    """Refuses: Invalid."""
    return form.read(NewPrice)


def placed(form: Form, refusal: Invalid) -> Form:
    """The service speaks of the first of a list of prices."""
    return form.refused(Invalid(refusal.detail, fields={name.removeprefix("[0]."): reasons for name, reasons in refusal.fields.items()}))
