"""Keys and values of chunks that later chunks still look at."""

import torch
from torch import Tensor

from generation.errors import StateError


class KVCache:
    """Keys and values of all layers for a contiguous range of chunks, counted on the clip's axis.

    Every chunk owns its tensors and they are never written again, only exchanged: a fork shares them, forgetting a
    chunk frees its memory, and what is held depends on the chunks in reach, not on the clip's length. A chunk can be
    read once its last layer was written, so a forward that fails half-way leaves the cache as it was.

    Args:
        num_layers: Layers of the model.
        chunk_tokens: Tokens of one chunk.
        num_kv_heads: Key heads per layer.
        head_dim: Channels per head.
        dtype: Of keys and values.
        device: Where they live.
    """

    def __init__(
        self,
        *,
        num_layers: int,
        chunk_tokens: int,
        num_kv_heads: int,
        head_dim: int,
        dtype: torch.dtype,
        device: torch.device | str,
    ) -> None:
        self.num_layers = num_layers
        self.chunk_tokens = chunk_tokens
        self.num_kv_heads = num_kv_heads
        self.head_dim = head_dim
        self.dtype = dtype
        self.device = torch.device(device)
        self._chunks: dict[int, tuple[tuple[Tensor, Tensor], ...]] = {}
        self._unfinished: dict[int, list[tuple[Tensor, Tensor]]] = {}

    @property
    def start(self) -> int:
        """First chunk held; 0 when empty."""
        return min(self._chunks, default=0)

    @property
    def stop(self) -> int:
        """One past the last chunk held; 0 when empty."""
        return max(self._chunks, default=-1) + 1

    @property
    def nbytes(self) -> int:
        """Bytes of the keys and values held, also of those shared with a fork."""
        return sum(part.nbytes for layers in self._chunks.values() for layer in layers for part in layer)

    def read(self, layer: int, start_chunk: int, stop_chunk: int) -> tuple[Tensor, Tensor]:
        """Keys and values of one layer over a range of chunks.

        Args:
            layer: Index of the layer.
            start_chunk: First chunk.
            stop_chunk: One past the last chunk.

        Returns:
            Keys and values, ``(1, chunks * chunk_tokens, num_kv_heads, head_dim)`` each.

        Raises:
            StateError: If the range is empty or a chunk of it is not held.
        """
        if start_chunk >= stop_chunk:
            raise StateError(f"a range of at least one chunk must be read, got {start_chunk} to {stop_chunk}")
        keys, values = zip(*self.read_chunks(layer, start_chunk, stop_chunk), strict=True)
        return torch.cat(keys, dim=1), torch.cat(values, dim=1)

    def read_chunks(self, layer: int, start_chunk: int, stop_chunk: int) -> list[tuple[Tensor, Tensor]]:
        """The same chunk by chunk and without a copy; the tensors must not be written to.

        Raises:
            StateError: If a chunk of the range is not held.
        """
        self.require(start_chunk, stop_chunk)
        return [self._chunks[chunk][layer] for chunk in range(start_chunk, stop_chunk)]

    def require(self, start_chunk: int, stop_chunk: int) -> None:
        """Check that a range of chunks can be read.

        Raises:
            StateError: If a chunk of the range is not held.
        """
        if start_chunk < stop_chunk and not self.start <= start_chunk < stop_chunk <= self.stop:
            raise StateError(
                f"chunks {start_chunk} to {stop_chunk} must be in the kv cache, which holds {self.start} to {self.stop}"
            )

    def require_adjacent(self, chunk: int) -> None:
        """Check that a chunk can be written.

        Raises:
            StateError: If it would leave a gap to the chunks held.
        """
        if self._chunks and not self.start - 1 <= chunk <= self.stop:
            raise StateError(
                f"chunk {chunk} must be next to those in the kv cache, which holds {self.start} to {self.stop}"
            )

    def write(self, layer: int, chunk: int, keys: Tensor, values: Tensor) -> None:
        """Store one layer of a chunk; layers come in order, and the last one makes the chunk readable.

        Args:
            layer: Index of the layer.
            chunk: Next to the chunks held, or one of them, which is replaced.
            keys: ``(1, chunk_tokens, num_kv_heads, head_dim)``, after norm and rotation; copied.
            values: Like ``keys``.

        Raises:
            StateError: If the shape is wrong, a layer is out of order, or a gap would open.
        """
        shape = (1, self.chunk_tokens, self.num_kv_heads, self.head_dim)
        if keys.shape != shape or values.shape != shape:
            raise StateError(f"keys and values of a chunk must be {shape}, got {keys.shape} and {values.shape}")
        if layer == 0:
            self._unfinished[chunk] = []
        layers = self._unfinished.get(chunk, [])
        if len(layers) != layer:
            raise StateError(f"layer {len(layers)} of chunk {chunk} must be written next, got layer {layer}")
        layers.append((self._own(keys), self._own(values)))
        if len(layers) == self.num_layers:
            self._finish(chunk)

    def drop_before(self, chunk: int) -> None:
        """Forget the chunks before ``chunk``, which are out of every later chunk's reach."""
        self._chunks = {held: layers for held, layers in self._chunks.items() if held >= chunk}

    def fork(self) -> "KVCache":
        """A cache with the same content; what is written to either is not seen by the other."""
        fork = KVCache(
            num_layers=self.num_layers,
            chunk_tokens=self.chunk_tokens,
            num_kv_heads=self.num_kv_heads,
            head_dim=self.head_dim,
            dtype=self.dtype,
            device=self.device,
        )
        fork._chunks = dict(self._chunks)
        return fork

    def _own(self, part: Tensor) -> Tensor:
        # A copy of its own, so that a chunk does not keep the whole window's tensor alive.
        owned = torch.empty(part.shape, dtype=self.dtype, device=self.device)
        return owned.copy_(part.detach())

    def _finish(self, chunk: int) -> None:
        layers = self._unfinished.pop(chunk)
        self.require_adjacent(chunk)
        self._chunks[chunk] = tuple(layers)
