"""The desk's own capabilities; mypy checks each module against its Protocol here."""

from backoffice.approvals import access, approvals
from backoffice.approvals import policies as approval_policies
from backoffice.chain import service as audit_chain
from backoffice.operators import api_clients, factors, installation, operators, own, roles, trail
from backoffice.services import Desk


def build() -> Desk:
    return Desk(
        operators=operators,
        roles=roles,
        api_clients=api_clients,
        own=own,
        factors=factors,
        approvals=approvals,
        approval_policies=approval_policies,
        access=access,
        audit=trail,
        audit_chain=audit_chain,
        installation=installation,
    )
