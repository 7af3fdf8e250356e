"""Lists as declarations: a section says which columns and filters there are, everything else is the same everywhere."""

from portal.listing.declared import Action, Bulk, Column, Empty, Listing
from portal.listing.filters import Filter, Period, Range, Text
from portal.listing.page import answer, state_of
from portal.listing.reports import entries, order, query
from portal.listing.state import State
from portal.listing.whole import page_of

__all__ = [
    "Action",
    "Bulk",
    "Column",
    "Empty",
    "Filter",
    "Listing",
    "Period",
    "Range",
    "State",
    "Text",
    "answer",
    "entries",
    "order",
    "page_of",
    "query",
    "state_of",
]
