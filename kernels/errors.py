"""What a kernel says when it cannot take its input: always raised, never a silent slow path."""


class UnsupportedInput(ValueError):  # noqa: N818 - says what the input is
    """The dtype, layout, shape or device of an input is not one this kernel takes."""
