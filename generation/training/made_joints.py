"""Joints as they are served: the end of a true second, and the beginning of the next as a finished model makes it.

A decoder that has only seen true latents shows every small mistake at the beginning of a second as a leap. Here it can
meet them: a folder of shards, each a safetensors file of N clips with

- ``frames`` uint8 (N, 16, H, W, 3): a second's last window and the next one's first, as they really were,
- ``drawn`` uint8 (N, 8, H, W, 3): the latter as the decoder draws what the model made,
- ``before``, ``after``, ``made`` bfloat16 (N, Z, 3, h, w): the latents of the two halves that meet, the second one true
  and made, as the autoencoder has them (unscaled).

Shards are written whole or not at all, so an interrupted run goes on with the next one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from generation.artifacts import atomic_write, make_folder
from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError, RequestError, WeightsError
from generation.training.corpus.labels import ClipBatch
from generation.training.frames import to_frames, to_video
from generation.training.latent_cache import shard_files
from generation.training.latent_writer import encode_clips
from generation.training.served_model import MADE_BY, ServedModel, maker_of
from generation.training.served_windows import joint_windows
from generation.vae.pixels import shrink_video
from generation.vae.vae import VideoVAE
from generation.weights.loading import fingerprint_of

_SECONDS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class JointBatch:
    """Pieces of some joints, of one size."""

    # uint8 (B, 16, H, W, 3) and (B, 8, H, W, 3).
    frames: Tensor
    drawn: Tensor
    # (B, Z, 3, h, w) float32, unscaled.
    before: Tensor
    after: Tensor
    made: Tensor


class MadeJoints:
    """The joints of a folder; pixels stay on disk until a step wants some."""

    def __init__(self, folder: Path) -> None:
        """Look through a folder.

        Raises:
            RequestError: If it holds none.
            WeightsError: If a shard is damaged.
        """
        self._shards = shard_files(folder)
        if not self._shards:
            raise RequestError(f"{folder} must hold joints of seconds, got none; make some into it first")
        self._counts, sides = [], set()
        for path in self._shards:
            count, _, height, width, _ = _shape_of(path)
            self._counts.append(count)
            sides.add((height, width))
        if len(sides) > 1:
            raise WeightsError(f"all joints of {folder} must be of one size, got {sorted(sides)}; make them again")
        self.height, self.width = sides.pop()

    def __len__(self) -> int:
        """Joints in the folder."""
        return sum(self._counts)

    def draw(self, batch: int, height: int, width: int, cell: int, generator: torch.Generator) -> JointBatch:
        """Pieces of joints drawn with replacement, each from a place of its own.

        Args:
            batch: How many.
            height: Of the pieces, in pixels.
            width: Likewise.
            cell: Pixels of a latent cell, which pieces are whole ones of.
            generator: On the CPU.

        Raises:
            ConfigError: If the joints are smaller.
            WeightsError: If a shard is damaged.
        """
        if height > self.height or width > self.width or height % cell or width % cell:
            raise ConfigError(
                f"pieces must be whole cells of {cell} px and at most {self.width}x{self.height}, got {width}x{height}"
            )
        pieces: list[dict[str, Tensor]] = []
        for number in torch.randint(len(self), (batch,), generator=generator).tolist():
            top, left = (
                int(torch.randint((whole - part) // cell + 1, (), generator=generator))
                for whole, part in ((self.height, height), (self.width, width))
            )
            pieces.append(self._piece(number, (top, left), (height // cell, width // cell), cell))
        joined = {name: torch.cat([piece[name] for piece in pieces]) for name in pieces[0]}
        return JointBatch(
            frames=joined["frames"],
            drawn=joined["drawn"],
            before=joined["before"].float(),
            after=joined["after"].float(),
            made=joined["made"].float(),
        )

    def _piece(self, number: int, corner: tuple[int, int], cells: tuple[int, int], cell: int) -> dict[str, Tensor]:
        shard = 0
        while number >= self._counts[shard]:
            number -= self._counts[shard]
            shard += 1
        rows, columns = (slice(first, first + size) for first, size in zip(corner, cells, strict=True))
        high, wide = (slice(cell * part.start, cell * part.stop) for part in (rows, columns))
        only = slice(number, number + 1)
        try:
            with safe_open(self._shards[shard], "pt") as file:
                pixels = {name: file.get_slice(name)[only, :, high, wide] for name in ("frames", "drawn")}
                halves = {name: file.get_slice(name) for name in ("before", "after", "made")}
                latents = {name: half[only, :, :, rows, columns] for name, half in halves.items()}
        except (SafetensorError, OSError) as error:
            raise _damaged(self._shards[shard], error) from error
        return {**pixels, **latents}


@torch.no_grad()
def write_made_joints(
    folder: Path,
    vae: VideoVAE,
    maker: ServedModel,
    clips_of_shard: Callable[[int], ClipBatch],
    *,
    shards: int,
    should_stop: Callable[[], bool],
) -> int:
    """Make the joints of the shards that are not there yet; those of another model are replaced.

    Args:
        folder: Made if missing.
        vae: Whose decoder shall learn; its encoder made the latents of the model's training.
        maker: Makes what follows; on the same device.
        clips_of_shard: Draws clips of two seconds, at the decoder's size; must depend on the shard's number alone.
        shards: How many the folder shall hold.
        should_stop: Asked before every clip; a shard that is interrupted is begun anew.

    Returns:
        Whole shards.

    Raises:
        RequestError: If clips have another length.
        StorageError: If the folder cannot be made, or the disk is full; whole shards stay.
    """
    make_folder(folder)
    made_by = json.dumps([fingerprint_of(vae), maker.identity])
    for number in range(shards):
        path = folder / f"{number:05d}.safetensors"
        if maker_of(path) == made_by:
            continue
        clips, rows = clips_of_shard(number), []
        if clips.frames.shape[1] != _SECONDS * FRAMES_PER_SECOND:
            raise RequestError(f"joints are made of clips of {_SECONDS} s, got {clips.frames.shape[1]} frames")
        for index, caption in enumerate(clips.captions):
            if should_stop():
                return number
            one = clips.frames[index : index + 1]
            rows.append(_joint(vae, maker, one, caption, seed=number * len(clips.captions) + index))
        tensors = {name: torch.cat([row[name] for row in rows]).contiguous() for name in rows[0]}
        atomic_write(path, save(tensors, metadata={MADE_BY: made_by}))
    return shards


def _joint(vae: VideoVAE, maker: ServedModel, frames: Tensor, caption: str, *, seed: int) -> dict[str, Tensor]:
    seen = to_frames(shrink_video(to_video(frames), vae.config.decoder_scale)).cpu()
    latents = encode_clips(vae, seen)[0]
    chunk = latents.shape[2] // _SECONDS
    half = chunk // 2
    first = latents[:, :, :chunk].float().to(vae.device) * maker.latent_scale
    made = maker.second_after(first, caption, seed=seed)[:, :, :half] / maker.latent_scale
    before = latents[:, :, chunk - half : chunk]
    _, beginning = joint_windows(before.float().to(vae.device), made, vae.config)
    drawn = vae.decoder(beginning.latents)[:, :, beginning.kept].float()
    border, window = FRAMES_PER_SECOND, beginning.kept.stop - beginning.kept.start
    return {
        "frames": frames[:, border - window : border + window].cpu(),
        "drawn": to_frames(drawn).cpu(),
        "before": before,
        "after": latents[:, :, chunk : chunk + half],
        "made": made.to(torch.bfloat16).cpu(),
    }


def _shape_of(path: Path) -> Sequence[int]:
    try:
        with safe_open(path, "pt") as file:
            shape: Sequence[int] = file.get_slice("frames").get_shape()
            if len(shape) != 5:
                raise ValueError(f"frames of shape {list(shape)}")
            return shape
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> WeightsError:
    return WeightsError(f"shard {path} is damaged ({error}); delete it and make it again")
