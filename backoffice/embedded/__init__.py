"""PostgreSQL and Valkey from wheels, and the supervisor that runs the whole desk on one machine."""

from backoffice.embedded.sharing import Urls, discard, services

__all__ = ["Urls", "discard", "services"]
