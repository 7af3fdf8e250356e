"""Users, their accounts, and the groups of accounts."""
