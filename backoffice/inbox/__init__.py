"""What waits for a person, gathered from where it waits."""
