"""Learned tokens put before the text of a chunk: quality, style, and how many chunks remain.

They come with MAGI's weights as a small file of their own, in the width of the text embeddings. A model trained
without them has an empty table, and every request is then served without tokens.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from generation.contract.requests import ControlTokens
from generation.errors import RequestError, WeightsError

MAX_DURATION = 8
# The released file has 3.3 MB.
_MAX_FILE_BYTES = 64 * 2**20
_CAPTION, _LOGO, _OTHERS = "caption_token", "logo_token", "other_tokens"


class TokenRow(IntEnum):
    """Rows of ``other_tokens``; rows 5, 6 and those from 17 on are unused."""

    TRANSITION = 0
    HIGH_QUALITY = 1
    STATIC_FIRST_FRAMES = 2
    DYNAMIC_FIRST_FRAMES = 3
    BORDERNESS = 4
    # One chunk left; 7 + n for n + 1 chunks, up to 8.
    DURATION = 7
    THREE_D_MODEL = 15
    TWO_D_ANIME = 16


_ROWS_USED = max(TokenRow) + 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ControlTokenTable:
    """All control tokens of a model, rounded as the model was trained with them.

    Made by :func:`read_control_tokens` or :meth:`empty`.
    """

    # (1, text_dim) each, float32; no row in a model without tokens.
    caption: Tensor
    logo: Tensor
    # (rows, text_dim) float32, by TokenRow.
    others: Tensor
    # The file that should have been there; asking for any token is then an error.
    missing_file: Path | None = None

    @classmethod
    def empty(cls, text_dim: int, *, missing_file: Path | None = None) -> "ControlTokenTable":
        """The table of a model without control tokens, or of one whose file is missing."""
        nothing = torch.zeros(0, text_dim)
        return cls(caption=nothing, logo=nothing, others=nothing, missing_file=missing_file)

    @property
    def text_dim(self) -> int:
        """Width of a token."""
        return self.others.shape[1]

    def rows_for_chunk(self, controls: ControlTokens, *, chunks_remaining: int) -> Tensor:
        """The tokens that stand before the text of one chunk, the last one switched on first.

        Args:
            controls: Which tokens the request asks for.
            chunks_remaining: Chunks still to be generated, this one included, at least 1; chunks of a given prefix
                do not count. Above 8 the token is that of 8.

        Returns:
            ``(k, text_dim)`` float32, k from 0 to 7; ``(0, text_dim)`` for a model without tokens.

        Raises:
            WeightsError: If a token is asked for and the model's file is missing.
            RequestError: If ``chunks_remaining`` is below 1.

        Source:
            Spec dit §4; each token is prepended in turn, hence the order.
        """
        if chunks_remaining < 1:
            raise RequestError(f"chunks_remaining must be at least 1, got {chunks_remaining}")
        duration = TokenRow.DURATION + min(chunks_remaining, MAX_DURATION) - 1
        asked = (
            (controls.duration, duration),
            (controls.two_d_anime, TokenRow.TWO_D_ANIME),
            (controls.three_d_model, TokenRow.THREE_D_MODEL),
            (controls.high_quality, TokenRow.HIGH_QUALITY),
            (controls.borderness, TokenRow.BORDERNESS),
            (controls.dynamic_first_frames, TokenRow.DYNAMIC_FIRST_FRAMES),
            (controls.static_first_frames, TokenRow.STATIC_FIRST_FRAMES),
        )
        rows = [int(row) for wanted, row in asked if wanted]
        if rows:
            self._require_file()
        if not self.others.shape[0]:
            return self.others
        return self.others[rows]

    def negative_rows(self) -> Tensor:
        """The tokens put before the null text to steer away from them, ``(4, text_dim)``, or none in the model.

        In order: borderness, transition, logo, caption.

        Raises:
            WeightsError: If the model's file is missing.
        """
        self._require_file()
        if not self.others.shape[0]:
            return self.others
        return torch.cat([self.others[[TokenRow.BORDERNESS, TokenRow.TRANSITION]], self.logo, self.caption])

    def _require_file(self) -> None:
        if self.missing_file is not None:
            raise WeightsError(
                f"control tokens are switched on, but their file {self.missing_file} is missing; put "
                "special_tokens.npz of the MAGI-1 repository (example/assets) there, or switch the tokens off"
            )


def read_control_tokens(path: Path, *, text_dim: int) -> ControlTokenTable:
    """Read a model's control tokens from ``.npz`` or ``.safetensors``; a missing file matters only once asked for.

    Args:
        path: A file with ``caption_token`` and ``logo_token`` ``(1, text_dim)`` and ``other_tokens``
            ``(at least 17, text_dim)``, of any float type.
        text_dim: Width of the model's text embeddings.

    Returns:
        The tokens, each value rounded to float16 and back as in training.

    Raises:
        WeightsError: If the file is damaged, pickled, of another width, or holds values beyond float16.
    """
    if not path.exists():
        return ControlTokenTable.empty(text_dim, missing_file=path)
    arrays = _read_arrays(path)
    for name, rows in ((_CAPTION, 1), (_LOGO, 1), (_OTHERS, _ROWS_USED)):
        _check_array(path, name, arrays[name], rows, text_dim)
    return ControlTokenTable(
        caption=_round(path, arrays[_CAPTION]), logo=_round(path, arrays[_LOGO]), others=_round(path, arrays[_OTHERS])
    )


def _read_arrays(path: Path) -> Mapping[str, NDArray[np.generic]]:
    names = (_CAPTION, _LOGO, _OTHERS)
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise WeightsError(f"control tokens must have at most {_MAX_FILE_BYTES} bytes, got more in {path}")
        if path.suffix == ".safetensors":
            tensors = load_file(path)
            return {name: tensors[name].double().numpy() for name in names}
        # Pickled arrays are refused, not loaded.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except KeyError as error:
        raise WeightsError(f"control tokens must be {', '.join(names)}; {path} lacks {error}") from error
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile, SafetensorError) as error:
        raise WeightsError(f"control tokens cannot be read from {path}: {error}; fetch the file again") from error


def _check_array(path: Path, name: str, array: NDArray[np.generic], rows: int, text_dim: int) -> None:
    if array.ndim != 2 or array.shape[0] < rows or array.shape[1] != text_dim or array.dtype.kind != "f":
        raise WeightsError(
            f"{name} must be at least ({rows}, {text_dim}) numbers, got {array.shape} of {array.dtype} in {path}; "
            "the file belongs to another model"
        )


def _round(path: Path, array: NDArray[np.generic]) -> Tensor:
    # In numpy, because torch goes from float64 to float16 by way of float32 and so rounds twice.
    with np.errstate(over="ignore"):
        rounded = torch.from_numpy(array.astype(np.float16).astype(np.float32))
    if not torch.isfinite(rounded).all():
        raise WeightsError(f"control tokens must be finite float16 numbers, got others in {path}")
    return rounded
