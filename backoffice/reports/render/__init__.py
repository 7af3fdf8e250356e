"""Rows as files, one format each."""
