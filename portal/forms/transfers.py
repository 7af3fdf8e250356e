"""The fields of a new deposit or withdrawal. Its id is made when the form is drawn, so that sending it twice moves money once."""

from collections.abc import Sequence
from decimal import Decimal

from django.http import QueryDict
from ulid import ULID

from backoffice.contracts.assets import Asset
from backoffice.contracts.ledger import Balance
from backoffice.contracts.transfers import NewTransfer
from portal.forms.form import Field, Form, choices_of
from portal.worth import Worth

ID = "deduplicationId"


def new_id() -> str:
    return f"portal-{ULID()}"


def fields_of(assets: Sequence[Asset], balances: Sequence[Balance], worth: Worth, *, has_funds_first: bool) -> tuple[Field, ...]:
    """`has_funds_first`: for withdrawals, what there is to withdraw stands on top and says how much."""
    available = {one.asset_id: one.available for one in balances if one.available}
    offered = [one for one in assets if one.source == "Crm"]
    if has_funds_first:
        offered.sort(key=lambda one: one.id not in available)
    labels = [(one.id, _label(one, available.get(one.id), worth)) for one in offered]
    return (
        Field(name="assetId", label="Asset", kind="choice", choices=choices_of(labels, empty="Choose an asset"), is_required=True),
        Field(name="amount", label="Amount", kind="decimal", is_required=True, hint="Like 1250.50; no more decimals than the asset has"),
    )


def draft_of(form: Form, post: QueryDict) -> NewTransfer:
    """Refuses: Invalid."""
    return form.read(NewTransfer, accountId=post.get("accountId", ""), deduplicationId=post.get(ID, ""), callbackUrl=None)


def _label(asset: Asset, available: Decimal | None, worth: Worth) -> str:
    words = f"{asset.id} · {asset.name}"
    return words if available is None else f"{words} · {worth.text(available, asset.id)} available"
