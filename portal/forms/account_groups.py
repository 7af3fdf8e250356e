"""The fields of an account group."""

from backoffice.contracts.accounts import AccountGroup, AccountGroupChange, NewAccountGroup
from portal.forms.form import Field, Form

NAME = Field(name="name", label="Name", is_required=True, hint="Unique, up to 50 characters")
ID = Field(name="accountGroupId", label="Id", hint="Lower-case letters, digits and hyphens; made from the name when empty. It stays.")
NEW, CHANGE = (NAME, ID), (NAME,)
LABELS = {one.name: one.label for one in NEW}


def form_of(group: AccountGroup, version: int) -> Form:
    return Form.of_value(CHANGE, group, version)


def draft_of(form: Form) -> NewAccountGroup:
    """Refuses: Invalid."""
    return form.read(NewAccountGroup)


def change_of(form: Form) -> AccountGroupChange:
    """Refuses: Invalid."""
    return form.read(AccountGroupChange)
