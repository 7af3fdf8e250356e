"""Lists as declarations: a section says which columns and filters there are, everything else is the same everywhere."""

from portal.listing.declared import Action, Bulk, Column, Empty, Filter, Listing
from portal.listing.page import answer, state_of
from portal.listing.state import State
from portal.listing.whole import page_of

__all__ = ["Action", "Bulk", "Column", "Empty", "Filter", "Listing", "State", "answer", "page_of", "state_of"]
