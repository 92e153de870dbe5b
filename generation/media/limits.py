"""How large a picture or clip may be before it is refused; checked on headers, before anything is decoded."""

from dataclasses import dataclass

from generation.errors import ConfigError

_MEBIBYTE = 2**20


def _check_positive(owner: str, **fields: float) -> None:
    for name, value in fields.items():
        if value <= 0:
            raise ConfigError(f"{owner}.{name} must be positive, got {value}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageLimits:
    """What a picture may cost."""

    max_bytes: int = 64 * _MEBIBYTE
    # Width x height, of the file and of the picture between scaling and cropping.
    max_pixels: int = 64_000_000

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        _check_positive("ImageLimits", max_bytes=self.max_bytes, max_pixels=self.max_pixels)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipLimits:
    """What a clip may cost."""

    max_bytes: int = 4096 * _MEBIBYTE
    # Of one frame: 8K with some room.
    max_pixels: int = 40_000_000
    max_streams: int = 32
    max_seconds: float = 3600.0
    # High-speed cameras reach 1000; above stands only nonsense.
    max_frames_per_second: float = 1000.0
    # Frames decoded for one reading: ten minutes at 60 frames per second.
    max_decoded_frames: int = 36_000

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        _check_positive(
            "ClipLimits", max_bytes=self.max_bytes, max_pixels=self.max_pixels, max_streams=self.max_streams,
            max_seconds=self.max_seconds, max_frames_per_second=self.max_frames_per_second,
            max_decoded_frames=self.max_decoded_frames,
        )  # fmt: skip
