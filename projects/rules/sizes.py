"""How large a take is: the model's number of pixels in the shape of what it starts from."""

from dataclasses import dataclass

# Whole patches of every model there is.
_MULTIPLE = 16
# Beyond this a clip is a ribbon.
_WIDEST = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Pixels, both sides multiples of 16."""

    width: int
    height: int


def size_for(aspect: float, *, pixels: int) -> Size:
    """About so many pixels in this shape.

    Args:
        aspect: Width over height; brought into 1/3..3.
        pixels: Such as 256 x 256.
    """
    aspect = min(_WIDEST, max(1 / _WIDEST, aspect))
    width, height = (pixels * aspect) ** 0.5, (pixels / aspect) ** 0.5
    return Size(
        width=max(1, round(width / _MULTIPLE)) * _MULTIPLE, height=max(1, round(height / _MULTIPLE)) * _MULTIPLE
    )


def aspect_of(text: str, *, source: float) -> float:
    """The shape that a shot asks for.

    Args:
        text: ``source``, or such as ``16:9``.
        source: The shape of what it starts from.

    Raises:
        ValueError: If it is neither.
    """
    if text in ("source", ""):
        return source
    width, _, height = text.partition(":")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise ValueError(f"aspect must be 'source' or such as 16:9, got {text!r}")
    return int(width) / int(height)
