"""The fields of a liquidity session."""

from typing import get_args

from backoffice.contracts.liquidity import LiquiditySession, LiquiditySessionChange, NewLiquiditySession, SessionKind, SessionStatus
from portal.forms.form import Field, Form
from portal.templatetags.desk import words

KINDS = [(value, words(value)) for value in get_args(SessionKind)]
STATUSES = [(value, words(value)) for value in get_args(SessionStatus)]
NAME = Field(name="name", label="Name", is_required=True, hint="Unique, up to 50 characters")
PROVIDER = Field(
    name="liquidityProviderId", label="Provider", is_required=True, hint="The liquidity provider's id; sessions of one provider stand together"
)
KIND = Field(
    name="kind", label="Kind", kind="choice", choices=KINDS, is_required=True, hint="Trading sends orders, market data brings quotes. It stays."
)
STATUS = Field(name="status", label="Status", kind="choice", choices=STATUSES, is_required=True, hint="Disabled: not to be connected")
ID = Field(name="id", label="Id", hint="Lower-case letters, digits and hyphens, for market files; made from the name when empty. It stays.")
NEW, CHANGE = (NAME, PROVIDER, KIND, STATUS, ID), (NAME, PROVIDER, STATUS)
LABELS = {one.name: one.label for one in NEW}


def form_of(session: LiquiditySession, version: int) -> Form:
    return Form.of_value(CHANGE, session, version)


def draft_of(form: Form) -> NewLiquiditySession:
    """Refuses: Invalid."""
    return form.read(NewLiquiditySession)


def change_of(form: Form) -> LiquiditySessionChange:
    """Refuses: Invalid."""
    return form.read(LiquiditySessionChange)
