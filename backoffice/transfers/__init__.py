"""Deposits and withdrawals: asked for once, done once, their every step on record."""
