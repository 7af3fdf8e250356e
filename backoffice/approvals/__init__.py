"""Four eyes: policies, calls that wait for others, and carrying them out."""
