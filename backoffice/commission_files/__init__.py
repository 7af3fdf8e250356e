"""Rule files: read, check, turn into change sets, export."""
