"""Drawings that pages, papers and mails share."""
