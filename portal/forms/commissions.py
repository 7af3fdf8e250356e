"""The fields of profiles, rules, assignments and of what one asks a quote for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from backoffice.contracts.accounts import AccountGroup
from backoffice.contracts.assets import Asset
from backoffice.contracts.commissions import (
    AssignmentDraft,
    CommissionProfile,
    CommissionProfileChange,
    CommissionRule,
    NewAssignment,
    NewCommissionProfile,
    NewRuleDraft,
    RuleDraft,
)
from backoffice.contracts.errors import Invalid
from backoffice.contracts.market_groups import MarketGroup
from backoffice.contracts.rule_book import NO_FEES
from portal.forms.form import Field, Form, as_texts, choices_of

NAME = Field(name="name", label="Name", is_required=True, hint="Unique, up to 50 characters")
ID = Field(name="commissionProfileId", label="Id", hint="Lower-case letters, digits and hyphens; made from the name when empty. It stays.")
PROFILE_CHANGE = (NAME,)
PROFILE_LABELS = {"name": "Name", "commissionProfileId": "Id", "copyOf": "Rules of"}
WHAT, SPOT, CFD, LEAST = "What it is for", "Spot markets pay", "CFD and perpetual markets pay", "The least an order pays"
RULE_LABELS = {
    "marketId": "Market",
    "marketGroupId": "Market group",
    "feeSettings.spot.size": "Spot, percent",
    "feeSettings.cfd.type": "CFD, by",
    "feeSettings.cfd.size": "CFD, size",
    "feeSettings.cfd.assetId": "CFD, asset of a lot's fee",
    "feeSettings.minFeeRAT": "Least an order",
}


# Profiles


def new_profile_fields(profiles: Sequence[CommissionProfile]) -> Sequence[Field]:
    others = choices_of([(one.commission_profile_id, f"Those of {one.name}") for one in profiles], empty="Only a default rule that charges nothing")
    return (NAME, ID, Field(name="copyOf", label="Begin with the rules", kind="choice", choices=others))


def profile_form(profile: CommissionProfile, version: int) -> Form:
    return Form.of_value(PROFILE_CHANGE, profile, version)


def new_profile(form: Form) -> NewCommissionProfile:
    """Refuses: Invalid."""
    return form.read(NewCommissionProfile)


def profile_change(form: Form) -> CommissionProfileChange:
    """Refuses: Invalid."""
    return form.read(CommissionProfileChange)


# Rules


def rule_fields(groups: Sequence[MarketGroup], assets: Sequence[Asset], root: str, *, is_default: bool) -> Sequence[Field]:
    return (*(() if is_default else _target_fields(groups)), *_fee_fields(assets, root))


def _target_fields(groups: Sequence[MarketGroup]) -> Sequence[Field]:
    named = choices_of([(one.market_group_id, f"{one.name} ({one.market_count:,})") for one in groups], empty="None")
    return (
        Field(name="marketId", label="A market", hint="Write a part of its name or id", group=WHAT),
        Field(name="marketGroupId", label="or a market group", kind="choice", choices=named, group=WHAT),
    )


def _fee_fields(assets: Sequence[Asset], root: str) -> Sequence[Field]:
    by = (("PerVolume", "Percent of the volume"), ("PerLot", "An amount a lot"))
    named = choices_of([(one.id, f"{one.name} ({one.id})") for one in assets], empty=f"Root asset{f' ({root})' if root else ''}")
    return (
        Field(name="feeSettings.spot.size", label="Percent of the volume", kind="decimal", is_required=True, hint="0 to 100", group=SPOT),
        Field(name="feeSettings.cfd.type", label="By", kind="choice", choices=by, group=CFD),
        Field(name="feeSettings.cfd.size", label="Percent or amount", kind="decimal", is_required=True, group=CFD),
        Field(name="feeSettings.cfd.assetId", label="Asset of the amount", kind="choice", choices=named, hint="Only of an amount a lot", group=CFD),
        Field(
            name="feeSettings.minFeeRAT",
            label=f"At least, in {root or 'the root asset'}",
            kind="decimal",
            hint="Once an order, over all its fills; empty or 0 for no floor",
            group=LEAST,
        ),
    )


def rule_form(fields: Sequence[Field], rule: CommissionRule, version: int) -> Form:
    return Form.of_value(fields, rule, version)


def new_rule_form(fields: Sequence[Field], *, market_id: str = "") -> Form:
    fees = {f"feeSettings.{name}": text for name, text in as_texts(NO_FEES).items()}
    return Form(fields=fields, values={**fees, "marketId": market_id})


def rule_draft(form: Form) -> RuleDraft:
    """Refuses: Invalid."""
    return form.read(RuleDraft, feeSettings=_fees(form.typed()))


def new_rule_draft(form: Form) -> NewRuleDraft:
    """Refuses: Invalid."""
    return form.read(NewRuleDraft, feeSettings=_fees(form.typed()))


def placed(refusal: Invalid) -> Invalid:
    """The same refusal with the names that the form's inputs have."""
    wrapper = "commissionProfileRule."
    return Invalid(refusal.detail, code=refusal.code, fields={name.removeprefix(wrapper): reasons for name, reasons in refusal.fields.items()})


def _fees(typed: dict[str, Any]) -> dict[str, Any]:
    kind = typed["feeSettings.cfd.type"]
    cfd = {"type": kind, "size": typed["feeSettings.cfd.size"], "assetId": typed["feeSettings.cfd.assetId"] if kind == "PerLot" else None}
    least = typed["feeSettings.minFeeRAT"]
    return {
        "spot": {"type": "PerVolume", "size": typed["feeSettings.spot.size"]},
        "cfd": cfd,
        "minFeeRAT": Decimal(0) if least is None else least,
    }


# Assignments


def assignment_fields(groups: Sequence[AccountGroup], profiles: Sequence[CommissionProfile], *, is_default: bool = False) -> Sequence[Field]:
    named = choices_of([(one.account_group_id, f"{one.name} ({one.account_count:,})") for one in groups], empty="None")
    who = (
        Field(name="userId", label="A client", hint="Write a part of the name, e-mail or id", group="Who"),
        Field(name="accountId", label="or an account", hint="Write a part of its client's name", group="Who"),
        Field(name="accountGroupId", label="or an account group", kind="choice", choices=named, group="Who"),
    )
    profile = Field(
        name="commissionProfileId",
        label="Pays by the profile",
        kind="choice",
        choices=[(one.commission_profile_id, one.name) for one in profiles],
        group="What they pay by",
    )
    return (*(() if is_default else who), profile)


def assignment_draft(form: Form) -> AssignmentDraft:
    """Refuses: Invalid."""
    return form.read(AssignmentDraft)


def new_assignment(form: Form) -> NewAssignment:
    """Refuses: Invalid."""
    return form.read(NewAssignment)
