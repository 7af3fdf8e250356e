"""Callbacks: what became of money, told to the system that asked, signed, at least once, in order."""
