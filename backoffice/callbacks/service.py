"""The hosted Callbacks: what doors and the worker call; each act has a module of its own."""

from backoffice.callbacks.clients import allow_hosts, end_previous_secret, make_secret, settings
from backoffice.callbacks.deliver import deliver
from backoffice.callbacks.reading import find, get, hosts, of_subject
from backoffice.callbacks.replays import replay, replay_failed, resume_host
from backoffice.callbacks.retention import clean

__all__ = [
    "allow_hosts",
    "clean",
    "deliver",
    "end_previous_secret",
    "find",
    "get",
    "hosts",
    "make_secret",
    "of_subject",
    "replay",
    "replay_failed",
    "resume_host",
    "settings",
]
