"""Persistence habits that every domain app shares."""
