"""Reports on their way to recipients, by mail."""
