"""The REST face: one table of routes, and one way in and out for all of them."""
