"""People, roles, sign-ins, API clients, tokens, saved views and the reading side of the audit trail."""
