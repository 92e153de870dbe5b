"""A corpus of real clips: a folder of video files with captions."""

import logging
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from generation.contract.requests import FRAMES_PER_SECOND, ClipEnd, Fit
from generation.errors import ConfigError, MediaError, RequestError
from generation.media.video import ClipInfo, probe_clip, read_clip
from generation.training.corpus.caption_files import CAPTIONS_FILE, ClipCaption, read_captions, read_text_caption
from generation.training.corpus.labels import ClipBatch, ClipSample
from generation.training.corpus.randomness import draws

logger = logging.getLogger(__name__)

# Files beside the clips that are no clips and need no mention.
_COMPANIONS = (".txt", ".jsonl", ".json", ".md", ".csv", ".srt", ".vtt")


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderCorpusConfig:
    """Which clips are read, and at which size."""

    folder: Path
    height: int = 64
    width: int = 64
    # At 24 frames per second; shorter clips are skipped.
    frames: int = FRAMES_PER_SECOND
    # Draws where in a long clip a sample begins.
    seed: int = 0
    fit: Fit = Fit.CROP

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        for name, least in (("height", 8), ("width", 8), ("frames", 1), ("seed", 0)):
            value = getattr(self, name)
            if value < least:
                raise ConfigError(f"{name} must be at least {least}, got {value}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SkippedClip:
    """A clip that cannot be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _UsableClip:
    name: str
    words: ClipCaption
    # Whole seconds at which a sample may begin, from 0.
    starts: int


class FolderCorpus:
    """Samples of a folder's clips, endless: sample i is from clip i modulo their number, its beginning drawn anew.

    Clips that cannot be read are skipped when found, counted in :attr:`skipped` and never retried; a sample that hits
    one moves on to the next clip. Every subfolder is searched.
    """

    def __init__(self, config: FolderCorpusConfig) -> None:
        """Look through the folder; the header and first frame of every clip are read.

        Raises:
            RequestError: If there is no folder, no usable clip in it, or a caption file is wrong.
        """
        if not config.folder.is_dir():
            raise RequestError(f"{config.folder} must be a folder with video files, got none; check the path")
        self.config = config
        self._skipped: dict[str, str] = {}
        captions = read_captions(config.folder)
        paths = sorted(path for path in config.folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        # A line of the captions file says that a file is a clip, whatever its name.
        names = [path.relative_to(config.folder).as_posix() for path in paths]
        candidates = [name for name in names if name in captions or Path(name).suffix.lower() not in _COMPANIONS]
        found = [self._examine(name, captions) for name in candidates]
        self._clips = [clip for clip in found if clip is not None]
        self._require_clips()
        logger.info("%s: %d clips, %d skipped", config.folder, len(self._clips), len(self._skipped))

    def __len__(self) -> int:
        """Usable clips; indices may go beyond."""
        return len(self._clips)

    @property
    def skipped(self) -> tuple[SkippedClip, ...]:
        """Clips found unusable so far."""
        return tuple(SkippedClip(name=name, reason=reason) for name, reason in self._skipped.items())

    def sample(self, index: int) -> ClipSample:
        """Sample ``index``, at least 0; frames lie on the CPU.

        Raises:
            RequestError: If the index is negative, or no clip of the folder can be read any more.
        """
        if index < 0:
            raise RequestError(f"index must be at least 0, got {index}")
        # Numbering stays as it was when the folder was looked through, so that a bad clip moves no other sample.
        for offset in range(len(self._clips)):
            clip = self._clips[(index + offset) % len(self._clips)]
            if clip.name in self._skipped:
                continue
            start = int(draws(self.config.seed, "folder", index).integers(clip.starts))
            frames = self._read(clip, start)
            if frames is not None:
                seconds = -(-self.config.frames // FRAMES_PER_SECOND)
                words = clip.words.second_captions[start : start + seconds]
                return ClipSample(frames=frames, caption=clip.words.caption, second_captions=words, truth=None)
        raise RequestError(f"no clip in {self.config.folder} can be read any more; {self._reasons()}")

    def batch(self, indices: tuple[int, ...]) -> ClipBatch:
        """Several samples.

        Raises:
            RequestError: As :meth:`sample`, and if there is no index.
        """
        if not indices:
            raise RequestError("indices must be one or more numbers, got none")
        samples = [self.sample(index) for index in indices]
        return ClipBatch(
            frames=torch.stack([sample.frames for sample in samples]),
            captions=tuple(sample.caption for sample in samples),
            second_captions=tuple(sample.second_captions for sample in samples),
            truths=tuple(sample.truth for sample in samples),
        )

    def _examine(self, name: str, captions: dict[str, ClipCaption]) -> _UsableClip | None:
        path = self.config.folder / name
        beside = path.with_suffix(".txt")
        words = read_text_caption(beside) if beside.is_file() else captions.get(name)
        if words is None:
            self._skip(name, f"no caption: neither {beside.name} nor a line in {CAPTIONS_FILE}")
            return None
        try:
            info = probe_clip(path)
        except MediaError as error:
            self._skip(name, str(error))
            return None
        return _UsableClip(name=name, words=words, starts=_count_starts(info, self.config.frames))

    def _read(self, clip: _UsableClip, start: int) -> Tensor | None:
        """Frames from second ``start``; None, and the clip skipped, if they cannot be had."""
        config = self.config
        first = start * FRAMES_PER_SECOND
        try:
            frames = read_clip(
                config.folder / clip.name, config.width, config.height, config.fit,
                frames=first + config.frames, end=ClipEnd.FIRST,
            )  # fmt: skip
        except MediaError as error:
            self._skip(clip.name, str(error))
            return None
        if len(frames) < first + config.frames:
            got = f"got {len(frames)} of {first + config.frames} at {FRAMES_PER_SECOND} per second"
            self._skip(clip.name, f"too few frames: {got}")
            return None
        return torch.from_numpy(frames[first:].copy())

    def _skip(self, name: str, reason: str) -> None:
        self._skipped[name] = reason
        logger.warning("skipped %s: %s", name, reason)

    def _require_clips(self) -> None:
        if not self._clips:
            raise RequestError(
                f"{self.config.folder} must hold video files with captions (clip.mp4 beside clip.txt, or lines in "
                f"{CAPTIONS_FILE}), got no usable clip; {self._reasons()}"
            )

    def _reasons(self) -> str:
        few = [f"{name}: {reason}" for name, reason in list(self._skipped.items())[:3]]
        return f"{len(self._skipped)} skipped" + (" (" + "; ".join(few) + ")" if few else "")


def _count_starts(info: ClipInfo, frames: int) -> int:
    """How many whole seconds a sample may begin at; a clip of unknown length only at its beginning."""
    # Headers round: a fifth of a second is left unused at the end.
    spare = info.seconds - frames / FRAMES_PER_SECOND - 0.2
    return max(1, int(spare) + 1) if spare > 0 else 1
