"""The endless corpus: sample i of a seed is always the same clip, whoever asks for it and in which order."""

from collections.abc import Sequence

import torch

from generation.errors import ConfigError, RequestError
from generation.training.corpus.canvas import CanvasPool
from generation.training.corpus.captions import clip_caption, plain_caption, second_captions
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.labels import ClipBatch, ClipSample
from generation.training.corpus.plan import ClipPlan, plan_clip
from generation.training.corpus.randomness import draws
from generation.training.corpus.render import render_clips


class ProceduralCorpus:
    """Clips made on the fly, with captions and truth.

    Owns a :class:`CanvasPool`; nothing else is remembered between samples. Ask for indices roughly in order: the pool
    moves on with the index, and a jump paints new canvases. One corpus per thread or worker.
    """

    def __init__(self, config: CorpusConfig, *, device: str = "cpu", canvases: CanvasPool | None = None) -> None:
        """Make a corpus.

        Args:
            config: What it is mixed of.
            device: Where it paints.
            canvases: The :attr:`canvases` of another corpus with the same seed, canvas size and background mix, to
                share (clips of several sizes in one training); None makes its own.

        Raises:
            ConfigError: If the canvases are others than this corpus's own would be.
        """
        self.config = config
        self.device = torch.device(device)
        # Canvases of the neighbourhood, and as many again so that two interleaved readers do not evict each other's.
        own = CanvasPool(
            seed=config.seed,
            size=config.canvas_size,
            capacity=2 * config.pool_size,
            mix=config.background,
            device=self.device,
        )
        if canvases is not None and canvases.identity != own.identity:
            raise ConfigError(
                "shared canvases must have the corpus's seed, canvas_size, background and device; make the corpora "
                "from one config with dataclasses.replace"
            )
        self.canvases = canvases or own
        # On a CPU one clip at a time stays in its caches.
        self._clips_at_once = 1 if self.device.type == "cpu" else 64

    def sample(self, index: int) -> ClipSample:
        """Clip ``index``, at least 0; frames lie on the corpus's device.

        Raises:
            RequestError: If the index is negative.
        """
        batch = self.batch((index,))
        return ClipSample(
            frames=batch.frames[0],
            caption=batch.captions[0],
            second_captions=batch.second_captions[0],
            truth=batch.truths[0],
        )

    def batch(self, indices: Sequence[int]) -> ClipBatch:
        """Several clips, the same bytes as each by itself.

        Raises:
            RequestError: If there is no index or one is negative.
        """
        if not indices or min(indices) < 0:
            raise RequestError(f"indices must be one or more numbers of at least 0, got {list(indices)}")
        plans = [self.plan(index) for index in indices]
        step = self._clips_at_once
        frames = torch.cat([self.render(plans[start : start + step]) for start in range(0, len(plans), step)])
        texts = [self._captions_of(plan) for plan in plans]
        return ClipBatch(
            frames=frames,
            captions=tuple(caption for caption, _ in texts),
            second_captions=tuple(seconds for _, seconds in texts),
            truths=tuple(plan.truth for plan in plans),
        )

    def plan(self, index: int) -> ClipPlan:
        """Everything about clip ``index`` but its pixels; cheap."""
        return plan_clip(self.config, index)

    def captions(self, index: int) -> tuple[str, tuple[str, ...]]:
        """What is said of clip ``index`` and of each of its seconds; cheap."""
        return self._captions_of(self.plan(index))

    def _captions_of(self, plan: ClipPlan) -> tuple[str, tuple[str, ...]]:
        if self.config.plain_captions:
            caption = plain_caption(plan.truth)
            return caption, (caption,) * self.config.seconds
        seed, index = self.config.seed, plan.index
        return (
            clip_caption(draws(seed, "caption", index), plan.truth),
            second_captions(draws(seed, "second captions", index), plan.truth),
        )

    def render(self, plans: Sequence[ClipPlan]) -> torch.Tensor:
        """Paint planned clips, uint8 ``(B, T, H, W, 3)``: those of :meth:`plan`, or the same with other actions."""
        atlases = [self.canvases.atlas(plan.canvas) for plan in plans]
        canvases = torch.stack(atlases) if len(atlases) > 1 else atlases[0][None]
        return render_clips(plans, canvases, self.config.height, self.config.width)
