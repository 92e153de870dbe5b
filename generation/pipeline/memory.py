"""Out of memory, said the same way whichever device and library ran out."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from generation.errors import OutOfMemory

# Torch has no error class for a CPU or an Apple GPU that ran out.
_PHRASES = ("can't allocate memory", "not enough memory", "out of memory")


@contextmanager
def memory_errors(*, width: int, height: int, window_size: int) -> Iterator[None]:
    """Turn running out of memory into :class:`OutOfMemory` with advice; other errors pass through.

    Args:
        width: Of the frames, in pixels.
        height: Of the frames, in pixels.
        window_size: Chunks in flight.

    Raises:
        OutOfMemory: Saying what can be asked for instead.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _is_about_memory(error):
            raise
        smaller = f"a smaller size than {width}x{height}"
        advice = smaller if window_size == 1 else f"{smaller}, or a window of 1 chunk instead of {window_size}"
        first_line = str(error).strip().split("\n")[0]
        raise OutOfMemory(f"the memory does not suffice ({first_line or 'none left'}); ask for {advice}") from error


def _is_about_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(phrase in str(error) for phrase in _PHRASES)
