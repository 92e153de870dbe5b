"""What can go wrong before the project runs."""


class SetupError(Exception):
    """The environment could not be made; the message says what to do."""
