"""Whose trail of an object may be seen by whom: with the operation that shows the object itself, or with that of the whole trail."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound, NotPermitted
from backoffice.core import reach
from backoffice.operators.models import SavedView

ALL = "view-audit"
SEEN_WITH = {
    "asset": "view-common",
    "market": "view-common",
    "market_group": "view-common",
    "calendar": "view-common",
    "liquidity_session": "view-common",
    "category_tree": "view-common",
    "rates": "view-common",
    "user": "view-common",
    "account": "view-common",
    "account_group": "view-common",
    "market_file": "manage-markets",
    "mapping_preset": "manage-markets",
    "operator": "manage-operators",
    "role": "manage-operators",
    "sign_in": "manage-operators",
    "api_client": "manage-api-clients",
    "transfer": "view-transfers",
    "callback": "view-transfers",
    "callback_host": "view-transfers",
    "callback_settings": "manage-api-clients",
    "books": "view-balances",
    "commission_profile": "view-commission-rules",
    "commission_rule": "view-commission-rules",
    "commission_assignment": "view-commission-rules",
    "change_set": "view-commission-rules",
    "rule_file": "manage-commission-rules",
    "report": "view-reports",
    "report_template": "view-reports",
}


def seen_with(actor: Actor, object_type: str) -> str:
    """The operation by whose limits the actor sees changes of such objects."""
    needed = SEEN_WITH.get(object_type, ALL)
    return ALL if actor.may(ALL) and not (reach.limits_of(actor, ALL) and actor.may(needed)) else needed


def refuse_unseen(actor: Actor, object_type: str, object_id: str) -> None:
    """Refuses: NotPermitted, NotFound."""
    if actor.may(ALL):
        return
    if object_type == "saved_view":
        if not SavedView.objects.filter(pk=object_id, owner=actor.id).exists():
            raise NotFound(f"You have no view {object_id}.")
    elif not actor.may(needed := SEEN_WITH.get(object_type, ALL)):
        raise NotPermitted(needed)
