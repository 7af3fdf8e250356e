"""The one way setting up or running the desk ends badly: a line the person at the terminal can act on."""


class Failed(Exception):
    pass
