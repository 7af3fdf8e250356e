"""Change sets of commissions: what a change would have earned before it is made, then made, at once or at an instant, and undone."""
