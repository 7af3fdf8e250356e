"""Typed reading of posted forms into contract values; shape only, meaning is the service's."""
