"""The demo broker: facts in small files, loaded through the same services that operators use."""
