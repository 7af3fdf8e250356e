"""Commission quotes."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_quotes import CommissionQuote, QuoteRequest
from backoffice.services import back_api


def quote(actor: Actor, body: QuoteRequest) -> CommissionQuote:
    """What an order would pay now, and why: every assignment and rule tried, and the arithmetic."""
    return back_api().commission_quotes.quote(actor, body)
