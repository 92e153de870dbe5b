"""Pictures of progress: rows of frames as one PNG."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from generation.artifacts import atomic_write


def save_rows(path: Path, rows: Sequence[Tensor]) -> None:
    """Write rows of pictures as a PNG.

    Args:
        path: The file.
        rows: Each ``(N, H, W, 3)`` uint8, all of one size.
    """
    sheet = np.concatenate([np.concatenate(list(row.numpy()), axis=1) for row in rows], axis=0)
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "PNG")
    atomic_write(path, buffer.getvalue())
