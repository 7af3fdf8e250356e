"""Telling open pages that there is news: one stream of events for each browser, out of a process of its own."""
