"""The category tree."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.categories import CategoryTree, CategoryTreeDraft
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def get(actor: Actor) -> Versioned[CategoryTree]:
    """The whole category tree."""
    return back_api().categories.get(actor)


def replace(actor: Actor, body: CategoryTreeDraft, version: int | None) -> CategoryTree:
    """Replace the whole category tree."""
    return back_api().categories.replace(actor, body, version=version)
