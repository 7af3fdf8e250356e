"""The fields of an internal asset."""

from typing import get_args

from backoffice.contracts.assets import Asset, AssetChange, AssetType, NewAsset
from portal.forms.form import Field, Form
from portal.templatetags.desk import words

ID = Field(
    name="id", label="Id", is_required=True, hint="Up to 15 lower-case letters and digits, like xau. It stays for ever and is part of market ids."
)
NAME = Field(name="name", label="Name", is_required=True, hint="Up to 30 letters, digits and blanks")
TYPE = Field(name="type", label="Type", kind="choice", choices=[(value, words(value)) for value in get_args(AssetType)], is_required=True)
SCALE = Field(
    name="scale", label="Scale", kind="whole", is_required=True, hint="Decimal places of an amount, 0 to 18. It can grow later, never shrink."
)
NEW, CHANGE = (ID, NAME, TYPE, SCALE), (NAME, TYPE, SCALE)
LABELS = {one.name: one.label for one in NEW}


def form_of(asset: Asset, version: int) -> Form:
    return Form.of_value(CHANGE, asset, version)


def draft_of(form: Form) -> NewAsset:
    """Refuses: Invalid."""
    return form.read(NewAsset)


def change_of(form: Form) -> AssetChange:
    """Refuses: Invalid."""
    return form.read(AssetChange)
