"""Market files: read, map, check, stage, compare, apply, undo, export."""
