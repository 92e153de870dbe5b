"""What a kernel says when it cannot go on: always raised, never a silent slow path.

``UnsupportedInput`` the input is not one it takes; ``PeerLost`` another rank is gone or too slow.
"""


class UnsupportedInput(ValueError):  # noqa: N818 - says what the input is
    """The dtype, layout, shape or device of an input is not one this kernel takes."""


class PeerLost(RuntimeError):  # noqa: N818 - says what has happened
    """A rank did not answer in time or has ended; what was shared with it cannot go on."""
