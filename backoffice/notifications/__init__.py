"""Admin notifications: what the desk itself has to tell those who run it."""
