"""A model that counts what it is asked."""

from torch import Tensor

from generation.config import DiTConfig
from generation.model.window import ChunkWindow
from generation.sampling.protocol import ChunkModel, CleanKeys


class CountedModel:
    """Hands every forward on and counts it: the cost of sampling in the unit that matters."""

    def __init__(self, model: ChunkModel) -> None:
        self._model = model
        self._forwards = 0
        self._chunk_forwards = 0

    @property
    def config(self) -> DiTConfig:
        """The architecture."""
        return self._model.config

    @property
    def null_text(self) -> Tensor:
        """Learned text of an unconditioned chunk."""
        return self._model.null_text

    def make_kv_cache(self, latent_height: int, latent_width: int) -> CleanKeys:
        """An empty cache."""
        return self._model.make_kv_cache(latent_height, latent_width)

    def take_counts(self) -> tuple[int, int]:
        """Forwards since the last call, and chunks that went through them (batch elements times chunks)."""
        counts = (self._forwards, self._chunk_forwards)
        self._forwards = self._chunk_forwards = 0
        return counts

    def __call__(self, window: ChunkWindow, kv_cache: CleanKeys | None = None, *, write_chunks: int = 0) -> Tensor:
        """Run one forward."""
        self._forwards += 1
        self._chunk_forwards += window.latents.shape[0] * window.num_chunks
        return self._model(window, kv_cache, write_chunks=write_chunks)
