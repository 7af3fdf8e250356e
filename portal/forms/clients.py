"""The fields of a client and of an account."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from backoffice.contracts.accounts import AccountChange, AccountDetails, AccountGroup, AccountStatus, AccountType, NewAccount
from backoffice.contracts.users import NewUser, User, UserChange, UserStatus
from portal.forms.form import Field, Form, choices_of
from portal.templatetags.desk import worded, words

MEANS: dict[UserStatus, str] = {
    "Active": "does everything",
    "Halted": "withdraws and receives, does not trade",
    "Frozen": "nothing new begins and no withdrawal is confirmed; waiting ones can be canceled",
    "Terminated": "is gone for good: as frozen, with no way back planned",
}
STATUSES = [(status, f"{words(status)}: {MEANS[status]}") for status in get_args(UserStatus)]
EMAIL = Field(name="email", label="E-mail", is_required=True, hint="Unique among clients")
NAME = Field(name="name", label="Name", hint="Up to 100 characters")
STATUS = Field(name="status", label="Status", kind="choice", choices=STATUSES, is_required=True, is_wide=True)
ID = Field(name="userId", label="Id", hint="As your other systems know the client: letters, digits, - _ and dots. Made up when empty. It stays.")
NEW_CLIENT, CLIENT = (EMAIL, NAME, ID, STATUS), (EMAIL, NAME, STATUS)
CLIENT_LABELS = {one.name: one.label for one in NEW_CLIENT}

ACCOUNT_NAME = Field(name="accountName", label="Name", is_required=True, hint="Up to 50 characters")
ACCOUNT_STATUS = Field(
    name="status",
    label="Status",
    kind="choice",
    choices=worded(AccountStatus),
    is_required=True,
    hint="Closed: nothing comes in any more. An account closes when it is empty.",
)
ACCOUNT_LABELS = {"accountName": "Name", "accountGroupId": "Group", "accountType": "Type", "status": "Status", "userId": "Client"}


def new_client(form: Form) -> NewUser:
    """Refuses: Invalid."""
    return form.read(NewUser)


def client_form(user: User, version: int) -> Form:
    return Form.of_value(CLIENT, user, version)


def client_change(form: Form) -> UserChange:
    """Refuses: Invalid."""
    return form.read(UserChange)


def new_account_fields(groups: Sequence[AccountGroup]) -> tuple[Field, ...]:
    kind = Field(name="accountType", label="Type", kind="choice", choices=worded(AccountType), is_required=True, hint="It stays")
    return ACCOUNT_NAME, _group(groups), kind


def account_fields(groups: Sequence[AccountGroup]) -> tuple[Field, ...]:
    return ACCOUNT_NAME, _group(groups), ACCOUNT_STATUS


def account_patch_fields(groups: Sequence[AccountGroup]) -> tuple[Field, ...]:
    """Neither can be emptied, and what is not ticked needs nothing."""
    group = Field(name="accountGroupId", label="Account group", kind="choice", choices=[(one.account_group_id, one.name) for one in groups])
    return group, replace(ACCOUNT_STATUS, is_required=False)


def new_account(form: Form) -> NewAccount:
    """Refuses: Invalid."""
    return form.read(NewAccount)


def account_form(account: AccountDetails, version: int, groups: Sequence[AccountGroup]) -> Form:
    return Form.of_value(account_fields(groups), account, version)


def account_change(form: Form) -> AccountChange:
    """Refuses: Invalid."""
    return form.read(AccountChange)


def _group(groups: Sequence[AccountGroup]) -> Field:
    choices = choices_of(((one.account_group_id, one.name) for one in groups), empty="Choose a group")
    return Field(name="accountGroupId", label="Account group", kind="choice", choices=choices, is_required=True)
