"""Everything that can go wrong in generation, as one small tree.

::

    GenerationError(code)
    ├── ConfigError        a field is wrong, or two fields contradict each other
    ├── RequestError       what the person asked for cannot be made
    ├── WeightsError       weights are missing, corrupt, of another shape, or of another model
    ├── MediaError         an image or video cannot be read, or is refused
    │   ├── MediaKindError     it is of a kind that is not read, and known by name
    │   └── MediaTooLarge      it has more pixels than are read
    ├── StorageError       a file cannot be written or read back: disk full, read-only, changed
    ├── NumericsError      NaN or infinity in latents or frames
    ├── StateError         a sampler state does not belong to this model or this request
    ├── DownloadError      a checkpoint could not be fetched whole
    ├── OutOfMemory        the device has too little memory for this size
    └── Cancelled          the caller asked to stop

``code`` is a stable string: APIs, events and translated texts key on it. A message says what must hold, what was
got, and what to do.
"""


class GenerationError(Exception):
    """Base of all errors raised by :mod:`generation`; ``code`` never changes between versions."""

    code = "generation_failed"


class ConfigError(GenerationError):
    """A configuration field is wrong or contradicts another one."""

    code = "config_invalid"


class RequestError(GenerationError):
    """The request asks for something that cannot be made (0 seconds, an empty prompt, NaN)."""

    code = "request_invalid"


class WeightsError(GenerationError):
    """Weights are missing, truncated, wrongly shaped, pickled, or belong to another model."""

    code = "weights_invalid"


class MediaError(GenerationError):
    """An image or video is unreadable, hostile, or outside the limits."""

    code = "media_unreadable"


class MediaKindError(MediaError):
    """A file of a kind that is not read here.

    Args:
        message: What it is, and what to do.
        kind: The name that people know it by: ``PSD``.
    """

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class MediaTooLarge(MediaError):  # noqa: N818 - what it is
    """A picture has more pixels than are read."""


class StorageError(GenerationError):
    """A file could not be written whole or read back unchanged."""

    code = "storage_failed"


class NumericsError(GenerationError):
    """NaN or infinity appeared; the chunk is stopped rather than stored."""

    code = "numerics_failed"


class StateError(GenerationError):
    """A sampler state belongs to other weights, other settings or another request."""

    code = "state_mismatch"


class DownloadError(GenerationError):
    """A checkpoint could not be fetched whole; what arrived is kept and resumes."""

    code = "download_failed"


class OutOfMemory(GenerationError):  # noqa: N818 - the field's name for it
    """The device ran out of memory for the size asked."""

    code = "out_of_memory"


class Cancelled(GenerationError):  # noqa: N818 - an outcome, not a fault
    """The caller asked to stop; finished chunks are kept."""

    code = "cancelled"
